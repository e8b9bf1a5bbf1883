/** Where a Lambda@Edge function may have run, and which groups it and CloudFront log to. */
import { resourceName } from '../names.ts';

/** The regions that CloudFront's replicas run in (AWS-FACTS 5, CloudFront Developer Guide). Others are possible: `+region` adds one. */
export const EDGE_REGIONS = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'ap-south-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'eu-central-1',
  'eu-west-1',
  'eu-west-2',
  'sa-east-1',
] as const;

/** Prefixes and directions of region names: enough to tell a slip of the pen from a region that is new. */
const REGION =
  /^(af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov)-(north|south|east|west|central|northeast|northwest|southeast|southwest)-\d$/;

/** Is `text` spelled like a region of AWS? */
export function isRegion(text: string): boolean {
  return REGION.test(text);
}

/** What `--region` chooses: names stand in place of the 13, names with a `+` are added to what is asked. */
export function chooseRegions(wanted: readonly string[]): { regions: string[]; unknown: string[] } {
  const names = wanted.filter((name) => !name.startsWith('+'));
  const added = wanted.filter((name) => name.startsWith('+')).map((name) => name.slice(1));
  const regions = [...new Set([...(names.length > 0 ? names : EDGE_REGIONS), ...added])];
  return { regions, unknown: regions.filter((name) => !isRegion(name)) };
}

/**
 * The log groups of an installation, the same names in every region: the function's own, which keeps the prefix of its
 * home region wherever it ran, and the one to which CloudFront writes why it refused an answer (AWS-FACTS 5).
 */
export function logGroups(name: string, distribution: string | undefined): string[] {
  const own = `/aws/lambda/us-east-1.${resourceName(name)}`;
  return distribution === undefined ? [own] : [own, `/aws/cloudfront/LambdaEdge/${distribution}`];
}
