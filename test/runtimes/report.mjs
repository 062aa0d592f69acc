// What the host runners print: a block of checks a host, a table of all, and the count.

/**
 * @typedef {{ passed: number, failed: number, lines: string[], hash: string, variant: string }} Result
 * @typedef {{ host: string, version?: string, result?: Result, error?: unknown, skipped?: string }} Report
 */

/**
 * Runs `hosts` one after the other and reports; the process exits with 1 when anything failed. A host that isn't
 * there is skipped with its reason, in CI it is a failure. That all hosts give the same bits is one more check.
 * @param {{ host: string, run: () => Promise<{ version?: string, result: Result } | { skipped: string }> }[]} hosts
 */
export async function reportHosts(hosts) {
  /** @type {Report[]} */
  const reports = [];
  for (const { host, run } of hosts) {
    const report = await run().then(
      (outcome) => ({ host, ...outcome }),
      (error) => ({ host, error }),
    );
    reports.push(report);
    console.log(`\n${host} ${report.version ?? ''}`);
    for (const line of report.result?.lines ?? [explain(report)]) console.log(`  ${line}`);
  }
  const hashes = new Set(reports.flatMap(({ result }) => (result?.hash ? [result.hash] : [])));
  const counts = reports.map(countOf);
  const passed = sum(counts.map((count) => count.passed)) + (hashes.size === 1 ? 1 : 0);
  const failed = sum(counts.map((count) => count.failed)) + (hashes.size === 1 ? 0 : 1);
  console.log(`\n${table(reports)}\n`);
  console.log(hashes.size === 1 ? 'All hosts give the same bits.' : `FAIL ${hashes.size} different outputs.`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

function explain({ skipped, error }) {
  return skipped ? `${process.env.CI ? 'FAIL missing' : 'skipped'}: ${skipped}` : `FAIL ${error?.stack ?? error}`;
}

function countOf({ result, skipped }) {
  if (result) return result;
  return { passed: 0, failed: skipped && !process.env.CI ? 0 : 1 };
}

function table(reports) {
  const rows = reports.map(({ host, version, result, skipped }) => [
    host,
    version ?? '-',
    result?.variant ?? '-',
    result ? `${result.passed}/${result.passed + result.failed}` : skipped ? 'skipped' : 'failed',
    result?.hash ?? '-',
  ]);
  const all = [['host', 'version', 'default binary', 'checks', 'output bits'], ...rows];
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
