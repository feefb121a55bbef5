// npm test: makes the machine ready, then check and end to end. Its last line is `N passed, N failed`. Runs on Node 20 or newer.
import { bootstrap } from './lib/bootstrap.mjs';
import { runChecks } from './lib/checks.mjs';
import { sum, summary } from './lib/counts.mjs';
import { leftOut, settings, short } from './lib/faults.mjs';
import { runEndToEnd, runUnit } from './lib/runners.mjs';
import { shells, testing } from './lib/tools.mjs';

await bootstrap(testing, shells);
/** Tests that wait for minutes, as the product does: `npm run e2e` runs them too. */
const long = '@long';

const checks = { passed: 0, failed: await runChecks(), skipped: 0 };
const all = [checks, await runUnit(), await runEndToEnd({ without: long })];
for (const { setting, seed, specs } of short) all.push(await runEndToEnd({ specs, faults: settings[setting], seed, without: leftOut(specs) }));
const counts = sum(all);
console.log(summary(counts));
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
