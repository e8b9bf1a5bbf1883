/** The wire by itself: a server whose services record what they are asked and answer what they are told. IAM is the real one. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createIam } from '../../../src/local/control/iam.ts';
import { createSts } from '../../../src/local/control/sts.ts';
import { memoryStore } from '../../../src/local/store.ts';
import { awsEndpoint } from '../../../src/local/wire/server.ts';
import type { Handlers, Service, ServiceId } from '../../../src/local/wire/service.ts';
import type { IamWorld, World } from '../../../src/local/world.ts';

export interface Echo {
  endpoint: string;
  /** Settings of SDK clients that call here as the administrator. */
  client: {
    endpoint: string;
    region: string;
    maxAttempts: number;
    forcePathStyle: boolean;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  world: World;
  close(): Promise<void>;
}

export async function startEcho(handlers: Partial<Record<ServiceId, Handlers>>): Promise<Echo> {
  const questions: { iam?: IamWorld } = {};
  const parts: Omit<World, 's3' | 'lambda' | 'cloudfront' | 'logs'> = {
    store: memoryStore(),
    now: Date.now,
    delays: { role: 0, deploy: 0, lambda: 0, invalidation: 0, replica: 0 },
    account: '000000000000',
    region: 'us-east-1',
    enforces: () => true,
    get iam() {
      return questions.iam as IamWorld;
    },
  };
  // Nobody here asks the services that are not here.
  const world = parts as World;
  const iam = createIam(world);
  questions.iam = iam.questions;
  const told = Object.entries(handlers).map(([id, table]): Service => ({ id: id as ServiceId, handlers: table }));
  const services = [...told, iam.service, createSts(world).service];
  const server = createServer(awsEndpoint({ world, services, cdnUrl: () => 'http://127.0.0.1:1' }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return {
    endpoint,
    client: { endpoint, region: 'eu-west-1', maxAttempts: 1, forcePathStyle: true, credentials },
    world,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
