/** The regions in which Lambda@Edge runs, and which of them serves a viewer. */

/**
 * Regions with regional edge caches, where origin-facing functions run and log (AWS-FACTS 5), and the location
 * code that `x-amz-cf-pop` shows for each. The codes are real airports'; that a region shows this one is inferred.
 */
export const EDGE_POPS = {
  'us-east-1': 'IAD89-P1',
  'us-east-2': 'CMH68-P1',
  'us-west-1': 'SFO53-P1',
  'us-west-2': 'HIO52-P1',
  'ap-south-1': 'BOM78-P1',
  'ap-northeast-1': 'NRT57-P1',
  'ap-northeast-2': 'ICN57-P1',
  'ap-southeast-1': 'SIN52-P1',
  'ap-southeast-2': 'SYD62-P1',
  'eu-central-1': 'FRA60-P1',
  'eu-west-1': 'DUB56-P1',
  'eu-west-2': 'LHR61-P1',
  'sa-east-1': 'GRU3-P1',
} as const;

export type EdgeRegion = keyof typeof EDGE_POPS;

export const EDGE_REGIONS = Object.keys(EDGE_POPS) as EdgeRegion[];

/** By the longest matching beginning of a region's name. Inferred from geography. */
const NEAREST: [string, EdgeRegion][] = [
  ['us-gov-west', 'us-west-2'],
  ['us-', 'us-east-1'],
  ['ca-west', 'us-west-2'],
  ['ca-', 'us-east-1'],
  ['mx-', 'us-east-2'],
  ['sa-', 'sa-east-1'],
  ['eu-west', 'eu-west-2'],
  ['eu-south-2', 'eu-west-1'],
  ['eu-', 'eu-central-1'],
  ['il-', 'eu-central-1'],
  ['me-', 'ap-south-1'],
  ['af-', 'eu-west-1'],
  ['ap-south-', 'ap-south-1'],
  ['ap-northeast', 'ap-northeast-1'],
  ['ap-southeast-4', 'ap-southeast-2'],
  ['ap-southeast-6', 'ap-southeast-2'],
  ['ap-', 'ap-southeast-1'],
];

export function isEdgeRegion(name: string): name is EdgeRegion {
  return Object.hasOwn(EDGE_POPS, name);
}

/** The edge that serves a bucket's region best: itself when it is one, else the nearest. */
export function nearestEdge(region: string): EdgeRegion {
  if (isEdgeRegion(region)) return region;
  const match = NEAREST.filter(([start]) => region.startsWith(start)).sort(([a], [b]) => b.length - a.length)[0];
  return match?.[1] ?? 'us-east-1';
}
