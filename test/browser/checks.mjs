// Checks beside the smoke suite's, counted like those.

/** A result as the smoke suite's, without any check yet. */
export function newResult() {
  return { passed: 0, failed: 0, lines: [], hash: '', variant: '' };
}

/**
 * Runs checks and adds how they went to a result.
 * @param {Record<string, () => unknown>} checks by name; what one returns is told beside it
 */
export async function addChecks(result, checks) {
  for (const [name, check] of Object.entries(checks)) {
    try {
      const detail = await check();
      result.lines.push(`ok   ${name}${detail ? ` (${detail})` : ''}`);
      result.passed++;
    } catch (error) {
      result.lines.push(`FAIL ${name}: ${error}\n${error.stack}`);
      result.failed++;
    }
  }
  return result;
}

/**
 * The message of the error that a call throws or rejects with.
 * @throws Error unless that is a QuadlaneError of the code, whose message matches
 */
export async function refusalOf({ QuadlaneError }, call, code, ...patterns) {
  const error = await (async () => call())().then(
    () => new Error('nothing was thrown'),
    (thrown) => thrown,
  );
  const fits = error instanceof QuadlaneError && error.code === code;
  if (!fits || patterns.some((pattern) => !pattern.test(error.message))) throw error;
  return error.message.length > 90 ? `${error.message.slice(0, 90)} ...` : error.message;
}
