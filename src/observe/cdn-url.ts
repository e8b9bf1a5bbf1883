/** The address at which a distribution's images are seen. */

/** Milliseconds that the local AWS has to say where its CDN is. */
const LOCAL_ANSWER = 2_000;

/**
 * `https://DOMAIN`, or the CDN of the local AWS when calls go to one.
 * @param endpointUrl where AWS calls go instead of AWS, if anywhere
 */
export async function cdnUrl(endpointUrl: string | undefined, domainName: string): Promise<string> {
  const local =
    endpointUrl !== undefined && isLoopback(endpointUrl) ? await localCdn(endpointUrl, domainName) : undefined;
  return local ?? `https://${domainName}`;
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}

/** Undefined when it is not our local AWS that listens there. */
async function localCdn(endpointUrl: string, domainName: string): Promise<string | undefined> {
  try {
    const info = new URL(`/_local/info?domain=${domainName}`, endpointUrl);
    const answer = await fetch(info, { signal: AbortSignal.timeout(LOCAL_ANSWER) });
    const { cdn } = (await answer.json()) as { cdn?: unknown };
    return typeof cdn === 'string' ? cdn : undefined;
  } catch {
    return undefined;
  }
}
