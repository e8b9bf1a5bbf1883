/** Prints one closing line, `N passed, N failed`, and in CI turns a skipped test into a failure. */
import type { Reporter, TestModule } from 'vitest/node';

export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      if (module.errors().length > 0) count.failed += 1;
      for (const test of module.children.allTests()) count[test.result().state] += 1;
    }
    const skipped = count.skipped + count.pending;
    const unwanted = process.env.CI ? skipped : 0;
    if (unwanted > 0) {
      console.log(`${unwanted} skipped, which is a failure in CI`);
      process.exitCode = 1;
    }
    const tail = unwanted === 0 && skipped > 0 ? `, ${skipped} skipped` : '';
    console.log(`${count.passed} passed, ${count.failed + unwanted} failed${tail}`);
  }
}
