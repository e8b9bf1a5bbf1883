/** The event of a CloudFront Function on viewer-request (CFDG functions-event-structure), as far as it is read and written. */

export interface ViewerValue {
  value: string;
  /** All values, the first of them again, when the name was sent more than once. */
  multiValue?: { value: string }[];
}

export interface ViewerRequest {
  method: string;
  /** Path of the URL as it was sent. */
  uri: string;
  /** What was sent; CloudFront takes a string in its place. */
  querystring: Record<string, ViewerValue> | string;
  /** Lower-case names. */
  headers: Record<string, ViewerValue>;
}

/** An answer in place of the request: nothing further is asked, neither cache nor origin. */
export interface ViewerResponse {
  statusCode: number;
  statusDescription: string;
  headers: Record<string, { value: string }>;
  body: string;
}

export interface ViewerEvent {
  request: ViewerRequest;
}
