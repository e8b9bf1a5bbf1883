import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCursor } from '../../src/core/logs/cursor.ts';
import type { LogLine } from '../../src/core/logs/event.ts';
import { createFolder, fold } from '../../src/core/logs/fold.ts';
import { dayOf, formatBytes, formatEntry } from '../../src/core/logs/format.ts';
import { merge, sortByTime } from '../../src/core/logs/merge.ts';
import { parseMessage } from '../../src/core/logs/message.ts';
import { chooseRegions, EDGE_REGIONS, logGroups } from '../../src/core/logs/regions.ts';
import { coverage, createSources, take } from '../../src/core/logs/sources.ts';
import { parseSince } from '../../src/core/time.ts';

const A = '8f5d8b1c-0000-4000-8000-00000000000a';
const B = '8f5d8b1c-0000-4000-8000-00000000000b';
const LOOK = { paint: (_tone: string, text: string) => text, clean: (text: string) => text };

let serial = 0;
function line(timestamp: number, message: string, parts: Partial<LogLine> = {}): LogLine {
  serial += 1;
  const group = '/aws/lambda/us-east-1.edge-resize-x';
  return { region: 'eu-west-1', group, stream: 's', id: String(serial), timestamp, message, ...parts };
}

const report = (id: string, init = '') =>
  `REPORT RequestId: ${id}\tDuration: 79.67 ms\tBilled Duration: 80 ms\tMemory Size: 1024 MB\tMax Memory Used: 93 MB\t${init}\n`;
const printed = (id: string, text: string) => `2026-11-22T10:00:00.000Z\t${id}\tINFO\t${text}\n`;
const RECORD = '{"edgeResize":1,"key":"cat.jpg","d":"100x100","w":100,"h":100,"fmt":"jpeg","bytes":4123,"ms":70}';

describe('merge', () => {
  const sources = fc.array(
    fc.array(fc.integer({ min: 0, max: 50 })).map((times) => times.sort((a, b) => a - b)),
    { maxLength: 14 },
  );

  test('holds every value once, in time order, ties by source', () => {
    fc.assert(
      fc.property(sources, (lists) => {
        const timed = lists.map((times, source) => times.map((timestamp, at) => ({ timestamp, source, at })));
        const wanted = timed.flat().sort((a, b) => a.timestamp - b.timestamp || a.source - b.source || a.at - b.at);
        expect([...merge(timed)]).toEqual(wanted);
      }),
      { numRuns: 500 },
    );
  });

  test('takes from its sources only what is asked for', () => {
    let taken = 0;
    function* endless() {
      for (;;) {
        taken += 1;
        yield { timestamp: taken };
      }
    }
    const first = merge([endless(), endless()]).next();
    expect(first.value).toEqual({ timestamp: 1 });
    expect(taken).toBe(2);
  });

  test('sorting keeps events of one millisecond in their order', () => {
    const events = [2, 1, 2, 1].map((timestamp, at) => ({ timestamp, at }));
    expect(sortByTime(events).map(({ at }) => at)).toEqual([1, 3, 0, 2]);
  });
});

describe('cursor', () => {
  test('late and same-millisecond events are given once each, whatever the polling sees', () => {
    const events = fc.array(
      fc.record({ timestamp: fc.integer({ min: 0, max: 900 }), delay: fc.integer({ min: 0, max: 99 }) }),
    );
    fc.assert(
      fc.property(events, (made) => {
        const all = made.map((event, index) => ({ ...event, id: String(index) }));
        const cursor = createCursor({ start: 0, overlap: 100, capacity: 10_000 });
        const given: string[] = [];
        // Events are visible once they arrived; a poll sees those since the cursor's time.
        for (let now = 0; now <= 1_100; now += 10) {
          const visible = all.filter(({ timestamp, delay }) => timestamp + delay <= now && timestamp >= cursor.since());
          given.push(...cursor.fresh(visible).map(({ id }) => id));
        }
        expect(given.toSorted()).toEqual(all.map(({ id }) => id).toSorted());
      }),
    );
  });

  test('remembers no more ids than it may, the latest seen ones', () => {
    const cursor = createCursor({ start: 0, overlap: 1_000, capacity: 2 });
    const at = (id: string) => ({ id, timestamp: 10 });
    expect(cursor.fresh([at('a'), at('b'), at('c')])).toHaveLength(3);
    expect(cursor.fresh([at('b'), at('c')])).toHaveLength(0);
    expect(cursor.fresh([at('a')])).toHaveLength(1);
  });

  test('never asks for what lies before its start', () => {
    const cursor = createCursor({ start: 500, overlap: 100, capacity: 9 });
    cursor.fresh([{ id: 'a', timestamp: 550 }]);
    expect(cursor.since()).toBe(500);
    cursor.fresh([{ id: 'b', timestamp: 700 }]);
    expect(cursor.since()).toBe(600);
  });
});

describe('lines', () => {
  test('REPORT with and without a cold start', () => {
    expect(parseMessage(report(A, 'Init Duration: 166.62 ms\t'))).toEqual({
      kind: 'report',
      requestId: A,
      report: { duration: 79.67, billed: 80, memory: 1024, used: 93, init: 166.62 },
    });
    expect(parseMessage(report(A))).toMatchObject({ kind: 'report', report: { duration: 79.67 } });
  });

  test('START, END, the handler, an error, a timeout, a kill', () => {
    expect(parseMessage(`START RequestId: ${A} Version: 3\n`)).toEqual({ kind: 'start', requestId: A });
    expect(parseMessage(`END RequestId: ${A}\n`)).toEqual({ kind: 'end', requestId: A });
    expect(parseMessage(printed(A, RECORD))).toMatchObject({
      kind: 'resize',
      requestId: A,
      record: { key: 'cat.jpg' },
    });
    expect(parseMessage(`2026-11-22T10:00:00.000Z\t${A}\tERROR\tboom\n`)).toMatchObject({
      level: 'ERROR',
      text: 'boom',
    });
    expect(parseMessage(`2026-11-22T10:00:00.000Z ${A} Task timed out after 3.00 seconds`)).toMatchObject({
      requestId: A,
      level: 'ERROR',
    });
    expect(parseMessage(`RequestId: ${A} Error: Runtime exited with error: signal: killed`)).toMatchObject({
      requestId: A,
      level: 'ERROR',
    });
    expect(parseMessage('{"edgeResize":broken')).toEqual({ kind: 'text', text: '{"edgeResize":broken' });
  });

  test('no text makes it throw', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseMessage(text)));
  });
});

describe('folding', () => {
  const lines = [
    line(1_000, `START RequestId: ${A} Version: 3\n`),
    line(1_001, `START RequestId: ${B} Version: 3\n`, { region: 'us-east-1' }),
    line(1_080, printed(A, RECORD)),
    line(1_081, `END RequestId: ${A}\n`),
    line(1_081, report(A, 'Init Duration: 166.62 ms\t')),
    line(1_090, 'exports.handler threw, and nobody caught it', { region: 'us-east-1' }),
    line(1_095, report(B), { region: 'us-east-1' }),
  ];

  test('one entry a request, a line without an id belongs to the one its stream is in', () => {
    const entries = fold(lines);
    expect(entries.map((entry) => formatEntry(entry, LOOK))).toMatchInlineSnapshot(`
      [
        [
          "1970-01-01T00:00:01.000Z eu-west-1      jpeg     100x100    4.1 kB   80 ms cold /cat.jpg",
        ],
        [
          "1970-01-01T00:00:01.001Z us-east-1      passed                       80 ms      no size to make",
          "    exports.handler threw, and nobody caught it",
        ],
      ]
    `);
    expect(entries.flatMap((entry) => entry.lines)).toHaveLength(lines.length);
  });

  test("what the original's place was taken for, and CloudFront's own words", () => {
    const refused = '{"edgeResize":1,"key":"big.png","d":"9x9","ms":12,"why":"decode","error":"Error: bad"}';
    const own = { group: '/aws/cloudfront/LambdaEdge/E1' };
    const entries = fold([
      line(1, printed(A, refused)),
      line(2, report(A)),
      line(3, 'The Lambda function result failed validation: …', own),
      line(4, printed(B, RECORD.replace('"ms"', '"why":"limit","ms"'))),
    ]);
    expect(entries.map((entry) => formatEntry(entry, LOOK)[0]?.slice(40))).toMatchInlineSnapshot(`
      [
        "original 9x9                 80 ms      /big.png (decode) Error: bad",
        "refused  The Lambda function result failed validation: …",
        "jpeg     100x100    4.1 kB   70 ms      /cat.jpg (limit)",
      ]
    `);
  });

  test('a thrown error, a time-out, a kill and an answer that CloudFront refused say why, in red', () => {
    const thrown = {
      errorType: 'TypeError',
      errorMessage: 'no',
      stack: ['TypeError: no', '    at handler (index.js:1)'],
    };
    const cf = { group: '/aws/cloudfront/LambdaEdge/E1' };
    const entries = fold([
      line(1, `2026-11-22T10:00:00.000Z\t${A}\tERROR\tInvoke Error \t${JSON.stringify(thrown)}\n`),
      line(2, report(A, 'Status: error\t')),
      line(3, `2026-11-22T10:00:00.000Z ${B} Task timed out after 3.00 seconds\n\n`),
      line(4, report(B, 'Status: timeout\t')),
      line(5, `RequestId: ${A} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n`),
      line(6, report(A, 'Status: error\t')),
      line(
        7,
        `(edge-id) RequestId: ${A} Function: arn:aws:lambda:us-east-1:1:function:f:3 The body is not base64.`,
        cf,
      ),
      line(8, `START RequestId: ${B} Version: 3\n`),
    ]);
    const marked = {
      ...LOOK,
      paint: (tone: string, text: string) => (tone === 'bad' ? `<${text}>` : text),
      short: true,
    };
    expect(entries.map((entry) => formatEntry(entry, marked))).toMatchInlineSnapshot(`
      [
        [
          "00:00:00Z eu-west-1      <failed  >                     80 ms      <TypeError: no>",
          "    <    at handler (index.js:1)>",
        ],
        [
          "00:00:00Z eu-west-1      <timeout >                     80 ms      <Task timed out after 3.00 seconds>",
        ],
        [
          "00:00:00Z eu-west-1      <failed  >                     80 ms      <Error: Runtime exited with error: signal: killed>",
          "    <Runtime.ExitError>",
        ],
        [
          "00:00:00Z eu-west-1      <refused > <The body is not base64.>",
        ],
        [
          "00:00:00Z eu-west-1      no end                                  8f5d8b1c-0000-4000-8000-00000000000b",
        ],
      ]
    `);
  });

  test('every column stands where it stood, and a common line fits a terminal of 80', () => {
    const records = [
      RECORD,
      RECORD.replaceAll('100', '4096').replace('"bytes":4123', '"bytes":999499'),
      '{"edgeResize":1,"key":"cat.jpg","d":"9999x9999","ms":1,"why":"over-max"}',
      '{"edgeResize":1,"key":"cat.jpg","d":"abc","ms":1,"why":"decode"}',
    ];
    for (const region of ['us-east-1', 'ap-northeast-1']) {
      for (const record of records) {
        const [entry] = fold([
          line(1, printed(A, record), { region }),
          line(2, report(A, 'Init Duration: 1 ms\t'), { region }),
        ]);
        const [text = ''] = entry ? formatEntry(entry, { ...LOOK, short: true }) : [];
        expect(text.indexOf('/cat.jpg')).toBe(65);
        expect(text.indexOf(' 80 ms')).toBe(53);
        expect(text.length).toBeLessThanOrEqual(85);
      }
    }
  });

  test('an entry is one line whatever its key holds; a d without a value is shown with the key', () => {
    const shown = (record: object) => {
      const message = JSON.stringify({ edgeResize: 1, ms: 1, why: 'invalid-d', ...record });
      return fold([line(1, printed(A, message)), line(2, report(A))]).map((entry) => formatEntry(entry, LOOK));
    };
    expect(shown({ key: 'a\n2026\r\tb.jpg', d: '9x9', error: 'no\nway' })).toEqual([
      [expect.stringMatching(/ \/a\\n2026\\r\\tb\.jpg \(invalid-d\) no\\nway$/)],
    ]);
    expect(shown({ key: 'a.jpg' })).toEqual([[expect.stringMatching(/ \/a\.jpg\?d \(invalid-d\)$/)]]);
    expect(shown({ key: 'a.jpg', d: '' })).toEqual([[expect.stringMatching(/ \/a\.jpg\?d= \(invalid-d\)$/)]]);
  });

  test('a d that has no room in its column stays with the key, harmless', () => {
    const long = '{"edgeResize":1,"key":"a.jpg","d":"\\u001b[2J,fit=inside","ms":1,"why":"invalid-d"}';
    const [entry] = fold([line(86_400_000, printed(A, long)), line(2, report(A))]);
    const clean = (text: string) => text.replaceAll('\u001b', '^');
    expect(entry && formatEntry(entry, { ...LOOK, clean })[0]).toContain('/a.jpg?d=^[2J,fit=inside (invalid-d)');
    expect(entry && dayOf(entry)).toBe('1970-01-02');
  });

  test('any interleaving of requests keeps every line, once', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...lines, line(5, 'loose')), { maxLength: 40 }), (some) => {
        const folder = createFolder();
        const entries = some.flatMap((one) => folder.push(one));
        expect([...entries, ...folder.flush()].flatMap((entry) => entry.lines)).toHaveLength(some.length);
      }),
    );
  });

  test('bytes', () => {
    const sizes = [812, 4_123, 31_000, 99_960, 693_100, 999_960, 1_230_000];
    expect(sizes.map(formatBytes)).toEqual(['812 B', '4.1 kB', '31.0 kB', '100 kB', '693 kB', '1.0 MB', '1.2 MB']);
  });
});

describe('where and since when', () => {
  test('--region stands in for the 13, + adds', () => {
    expect(chooseRegions([]).regions).toEqual([...EDGE_REGIONS]);
    expect(EDGE_REGIONS).toHaveLength(13);
    expect(chooseRegions(['eu-west-1', 'eu-west-1']).regions).toEqual(['eu-west-1']);
    expect(chooseRegions(['+ap-east-1']).regions).toEqual([...EDGE_REGIONS, 'ap-east-1']);
    expect(chooseRegions(['mars-north-1', 'eu-west-1']).unknown).toEqual(['mars-north-1']);
  });

  test('both groups', () => {
    expect(logGroups('x', 'E1')).toEqual(['/aws/lambda/us-east-1.edge-resize-x', '/aws/cloudfront/LambdaEdge/E1']);
    expect(logGroups('x', undefined)).toEqual(['/aws/lambda/us-east-1.edge-resize-x']);
  });

  test('--since', () => {
    const now = Date.UTC(2026, 10, 22, 12);
    expect(parseSince('10m', now)).toBe(now - 600_000);
    expect(parseSince('1h30m', now)).toBe(now - 5_400_000);
    expect(parseSince('1d', now)).toBe(now - 86_400_000);
    expect(parseSince('2026-11-22T10:00:00', now)).toBe(Date.UTC(2026, 10, 22, 10));
    expect(parseSince('2026-11-22T10:00+09:00', now)).toBe(Date.UTC(2026, 10, 22, 1));
    expect(parseSince('2026-11-22', now)).toBe(Date.UTC(2026, 10, 22));
    for (const text of ['', '10', 'yesterday', '10 m', '2026-13-45', '-5m'])
      expect(parseSince(text, now)).toBeUndefined();
  });

  test('a region counts as not enabled or without logs only when both its groups say so', () => {
    const sources = createSources(['eu-west-1', 'us-east-1', 'ap-east-1'], ['g', 'h'], { start: 0 });
    const states = ['missing', 'unknown', 'missing', 'missing', 'disabled', 'disabled'] as const;
    for (const [index, source] of sources.entries()) source.state = states[index] ?? 'unknown';
    const second = sources[1];
    const lines = second ? take(second, [{ id: '1', timestamp: 5, stream: 's', message: 'm' }]) : [];
    expect(coverage(sources, lines)).toEqual({
      present: [{ region: 'eu-west-1', lines: 1 }],
      missing: ['us-east-1'],
      disabled: ['ap-east-1'],
      failed: [],
    });
  });
});
