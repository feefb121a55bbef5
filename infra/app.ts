/** Entry of the CDK app. `scripts/synth.mjs` runs it, or the CDK CLI by cdk.json; both hand over cdk.json's context. */
import { App } from 'aws-cdk-lib';
import { refusals } from './checks/all.ts';
import { readCloud } from './checks/cloud.ts';
import { readSettings } from './settings.ts';
import { addStacks } from './stacks.ts';

const app = new App();
const settings = readSettings(app.node);
addStacks(app, settings);
const { directory } = app.synth();
const refused = refusals(readCloud(directory, settings));
for (const line of refused) console.error(`refused: ${line}`);
// Who runs this deploys nothing then.
if (refused.length > 0) process.exitCode = 1;
