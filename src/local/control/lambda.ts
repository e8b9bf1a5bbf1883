/** AWS Lambda's control plane. What runs the code is the runtime; this keeps functions, versions and their replicas. */
import type { Service } from '../wire/service.ts';
import type { LambdaWorld, World } from '../world.ts';
import { asFunctionVersion } from './lambda/configuration.ts';
import { functionHandlers } from './lambda/functions.ts';
import { setAssociations } from './lambda/replicas.ts';
import { createRoom } from './lambda/room.ts';
import { tagHandlers } from './lambda/tags.ts';
import { versionHandlers } from './lambda/versions.ts';

export { LAMBDA_REFUSALS } from './lambda/rules.ts';

export function createLambda(world: World): { service: Service; questions: LambdaWorld } {
  const room = createRoom(world);
  return {
    service: {
      id: 'lambda',
      handlers: { ...functionHandlers(room), ...versionHandlers(room), ...tagHandlers(room) },
    },
    questions: {
      version(versionArn) {
        const [, region, name, version] =
          /^arn:aws:lambda:([^:]+):\d{12}:function:([^:]+):(\d+)$/.exec(versionArn) ?? [];
        const row = room.versions.get(`${region}/${name}/${version}`);
        return row && asFunctionVersion(room, row);
      },
      setAssociations: (versionArn, distributionIds) => setAssociations(room, versionArn, distributionIds),
    },
  };
}
