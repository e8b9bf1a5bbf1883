/**
 * Where calls go instead of AWS. The SDK looks for that itself, but not in the profile of `--profile`, so it is told
 * not to look: what is found here holds for its clients, for S3's path style and for the URLs that are printed.
 */
import { AppError } from '../errors.ts';

type Env = Record<string, string | undefined>;
type Section = Record<string, string | undefined>;

/** As the variables and the sections of services name them: AWS_ENDPOINT_URL_CLOUDWATCH_LOGS (AWS-FACTS 8). */
export type EndpointService =
  | 'cloudfront'
  | 'cloudfront_keyvaluestore'
  | 'cloudwatch_logs'
  | 'iam'
  | 'lambda'
  | 's3'
  | 'sts';

export interface EndpointOptions {
  /** `--endpoint-url`, which wins over all else. */
  endpointUrl?: string | undefined;
  /** `--profile`. */
  profile?: string | undefined;
  env: Env;
}

/**
 * Finds the endpoint of a service; undefined is AWS's own. The order is the SDK's (AWS-FACTS 8): the variable of the
 * service, AWS_ENDPOINT_URL, the profile's section of services, its endpoint_url. Files are read when first asked.
 * @throws AppError USAGE from the finder, when the profile names a section of services that is not there
 */
export function configuredEndpoints({ endpointUrl, profile, env }: EndpointOptions) {
  const name = profile ?? (env.AWS_PROFILE || 'default');
  let read: ReturnType<typeof readProfile> | undefined;
  return async (service: EndpointService): Promise<string | undefined> => {
    if (endpointUrl !== undefined) return endpointUrl;
    const inEnvironment = env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || env.AWS_ENDPOINT_URL;
    const ignored = switchOf(env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS);
    if (ignored) return undefined;
    read ??= readProfile(name, env);
    const { settings, services } = await read;
    if (ignored === undefined && switchOf(settings.ignore_configured_endpoint_urls)) return undefined;
    return inEnvironment || services()[`${service}.endpoint_url`] || settings.endpoint_url || undefined;
  };
}

/** Only the lower-case words count for the SDK (AWS-FACTS 8). */
function switchOf(text: string | undefined): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

async function readProfile(name: string, env: Env): Promise<{ settings: Section; services: () => Section }> {
  const { parseKnownFiles } = await import('@smithy/core/config');
  const files: Record<string, Section> = await parseKnownFiles({
    ...(env.AWS_CONFIG_FILE && { configFilepath: env.AWS_CONFIG_FILE }),
    ...(env.AWS_SHARED_CREDENTIALS_FILE && { filepath: env.AWS_SHARED_CREDENTIALS_FILE }),
  });
  const settings = files[name] ?? {};
  const services = () => {
    if (!settings.services) return {};
    const section = files[`services.${settings.services}`];
    if (section) return section;
    throw new AppError('USAGE', `profile ${name} names services that are not there: ${settings.services}`, {
      why: `Its config file has no section [services ${settings.services}].`,
      fix: 'add the section, or take "services" out of the profile',
    });
  };
  return { settings, services };
}
