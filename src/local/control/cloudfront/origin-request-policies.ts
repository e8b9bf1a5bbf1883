/** Origin request policies: AWS's own, to be read. */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { AwsError, type Handler } from '../../wire/service.ts';
import { MANAGED_ORIGIN_REQUEST_POLICIES, MANAGED_SINCE } from './managed-policies.ts';
import { pageByKey } from './pages.ts';

type Get = Handler<Sdk.GetOriginRequestPolicyCommandInput, Sdk.GetOriginRequestPolicyCommandOutput>;
type List = Handler<Sdk.ListOriginRequestPoliciesCommandInput, Sdk.ListOriginRequestPoliciesCommandOutput>;

/** GetOriginRequestPolicy, ListOriginRequestPolicies. */
export function originRequestPolicyHandlers() {
  return {
    GetOriginRequestPolicy: ((input) => {
      const found = MANAGED_ORIGIN_REQUEST_POLICIES.find((policy) => policy.id === input.Id);
      if (!found)
        throw new AwsError('NoSuchOriginRequestPolicy', 'The specified origin request policy does not exist.');
      return { OriginRequestPolicy: view(found), ETag: found.etag };
    }) satisfies Get,
    ListOriginRequestPolicies: ((input) => {
      const all = input.Type === 'custom' ? [] : [...MANAGED_ORIGIN_REQUEST_POLICIES];
      const page = pageByKey(all, (policy) => policy.id, input);
      const items = page.items.map((policy) => ({ Type: 'managed' as const, OriginRequestPolicy: view(policy) }));
      return {
        OriginRequestPolicyList: {
          NextMarker: page.next,
          MaxItems: page.max,
          Quantity: items.length,
          ...(items.length > 0 && { Items: items }),
        },
      };
    }) satisfies List,
  };
}

function view({ id, config }: (typeof MANAGED_ORIGIN_REQUEST_POLICIES)[number]) {
  return { Id: id, LastModifiedTime: new Date(MANAGED_SINCE), OriginRequestPolicyConfig: config };
}
