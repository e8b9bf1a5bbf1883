// A fresh process of the function: loads an unpacked zip, answers the events of a file one after the other, and prints
// what became of them and the most memory it ever had. Plain Node, so that nothing but the function is measured.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const [, , folder, eventsFile] = process.argv;
const notes = [];
const times = [];
const print = console.log;
console.log = () => {};

async function run() {
  const { handler } = require(join(folder, 'index.js'));
  const events = eventsFile ? JSON.parse(readFileSync(eventsFile, 'utf8')) : [];
  for (const event of events) {
    const began = performance.now();
    const answer = await handler(event, { getRemainingTimeInMillis: () => 60_000 });
    JSON.stringify(answer);
    times.push(performance.now() - began);
    notes.push(answer.headers['edge-resize']?.[0]?.value ?? 'passed');
  }
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  print(JSON.stringify({ peakMb: Number(kilobytes) / 1024, notes, times }));
  process.exit();
}
run();
