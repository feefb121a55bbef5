/** Entry of the CDK app. `scripts/synth.mjs` runs it, or the CDK CLI by cdk.json; both hand over cdk.json's context. */
import { App } from 'aws-cdk-lib';
import { readSettings } from './settings.ts';
import { addStacks } from './stacks.ts';

const app = new App();
addStacks(app, readSettings(app.node));
app.synth();
