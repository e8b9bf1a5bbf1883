/** What an edge refuses, by id. */
export const EDGE_REFUSALS = {
  'edge.method': 'a method that the behavior does not allow: 403 (CFDG AllowedMethods)',
  'edge.viewer-protocol': 'http where the behavior wants https: 301 or 403 (CFDG ViewerProtocolPolicy)',
  'edge.host': 'a host name that no distribution has: 403 (DESIGN 4, DNS rebinding)',
  'edge.result-not-object': 'a function result that is no object: 502 (AWS-FACTS 1.7)',
  'edge.status': 'a status that is no string of 200-599: 502 (AWS-FACTS 1.6)',
  'edge.header-shape': 'headers that are not lower-case names with lists of values: 502 (AWS-FACTS 1.5)',
  'edge.blacklisted-header': 'a header that functions may not add: 502 (AWS-FACTS 1.5)',
  'edge.read-only-header': 'a changed Transfer-Encoding or Via at origin-response: 502 (AWS-FACTS 1.5)',
  'edge.body-shape': 'a body that is no string, or an unknown bodyEncoding: 502 (AWS-FACTS 1.6)',
  'edge.body-base64': 'a base64 body that is not base64: 502 (AWS-FACTS 1.6)',
  'edge.function-result':
    'a viewer function’s answer that is no request and no response: 502 (CFDG functions-event-structure)',
  'edge.function-header': 'headers that a viewer function may not add or change: 502 (AWS-FACTS 1.5)',
  'edge.request-shape': 'an origin-request function’s answer that is no request and no response: 502 (AWS-FACTS 1.6)',
  'edge.request-header': 'headers that an origin-request function may not add or change: 502 (AWS-FACTS 1.5)',
  'edge.response-size': 'body and headers over 1,048,576 bytes: 502 (AWS-FACTS 1.2)',
} as const;

export type EdgeRefusal = keyof typeof EDGE_REFUSALS;
