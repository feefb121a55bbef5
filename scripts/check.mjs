// npm run check: format, lint, types, unit tests. Runs on Node 20 or newer.
import { bootstrap } from './lib/bootstrap.mjs';
import { runChecks } from './lib/checks.mjs';
import { runUnit } from './lib/runners.mjs';
import { shells } from './lib/tools.mjs';

await bootstrap(shells);
const checksFailed = await runChecks();
const unit = await runUnit();
process.exitCode = checksFailed + unit.failed === 0 && unit.passed > 0 ? 0 : 1;
