/** The module of CloudFront Functions that reads the function's own KeyValueStore (CFDG functions-custom-methods). */
declare module 'cloudfront' {
  const cloudfront: {
    kvs(): {
      /** The value of a key, parsed with `format: 'json'`. Rejects when there is no such key. */
      get(key: string, options: { format: 'json' }): Promise<unknown>;
    };
  };
  // biome-ignore lint/style/noDefaultExport: the module is CloudFront's
  export default cloudfront;
}
