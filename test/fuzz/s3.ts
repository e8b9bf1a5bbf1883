/** An S3 over real HTTP that answers as it is told: well, badly, or not at all. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';

export interface Reply {
  status: number;
  headers: Record<string, string>;
  /** An XML error in place of the object. */
  error?: string;
  /** `whole`; `unmeasured`: without Content-Length; `cut`: half of what it says; `reset`: the connection ends at once; `stall`: nothing comes; `garbage`: no HTTP. */
  manner: 'whole' | 'unmeasured' | 'cut' | 'reset' | 'stall' | 'garbage';
}

const codes = [
  'NoSuchKey',
  'AccessDenied',
  'SlowDown',
  'KMS.DisabledException',
  'InvalidObjectState',
  'PermanentRedirect',
  '<x>',
  '',
];
const failures = fc.record({
  status: fc.constantFrom(400, 403, 404, 301, 412, 500, 503, 204, 304, 206, 999),
  headers: fc.constant({}),
  error: fc.constantFrom(...codes),
  manner: fc.constant('whole' as const),
});
const headers = fc.dictionary(
  fc.constantFrom(
    'Cache-Control',
    'Expires',
    'ETag',
    'Content-Disposition',
    'Content-Language',
    'X-Amz-Meta-A',
    'x-amz-meta-b',
  ),
  fc.oneof(fc.constantFrom('max-age=60', '"x"', 'inline', 'a\tb', 'é'), fc.stringMatching(/^[ -~]{0,60}$/)),
  { maxKeys: 3 },
);

export const replies: fc.Arbitrary<Reply> = fc.oneof(
  { weight: 100, arbitrary: fc.record({ status: fc.constant(200), headers, manner: fc.constant('whole' as const) }) },
  { weight: 8, arbitrary: failures },
  {
    weight: 4,
    arbitrary: fc.record({
      status: fc.constant(200),
      headers,
      manner: fc.constantFrom('unmeasured', 'unmeasured', 'cut', 'reset', 'garbage'),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Reply>({ status: 200, headers: {}, manner: 'stall' }) },
);

export interface FuzzS3 {
  endpoint: string;
  /** What every request gets from now on. */
  tell(reply: Reply, object: Buffer): void;
  close(): Promise<void>;
}

export async function startFuzzS3(): Promise<FuzzS3> {
  let told: { reply: Reply; object: Buffer } | undefined;
  const server = createServer((_request, response) => {
    if (told) send(response, told.reply, told.object);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    tell: (reply, object) => {
      told = { reply, object };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, { status, headers, error, manner }: Reply, object: Buffer): void {
  const body =
    error === undefined ? object : Buffer.from(`<Error><Code>${error}</Code><Message>kms:Decrypt</Message></Error>`);
  if (manner === 'stall') return;
  if (manner === 'reset') return void response.socket?.destroy();
  if (manner === 'garbage') return void response.socket?.end('HTTP/9 what\r\n\r\n\0\0');
  const length = manner === 'unmeasured' ? {} : { 'content-length': body.length };
  response.writeHead(status, { etag: '"0123456789abcdef"', ...headers, ...length });
  if (manner !== 'cut') return void response.end(body);
  response.write(body.subarray(0, body.length / 2), () => response.socket?.destroy());
}
