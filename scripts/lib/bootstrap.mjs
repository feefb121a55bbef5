// From a machine with Node and npm to one on which ShellPod runs.
import { notRoot, wrongMachine } from './machine.mjs';
import { bringPackages } from './packages.mjs';
import { fail } from './say.mjs';
import { bringTools, compiling, nodePtyIsBuilt, running } from './tools.mjs';

/** Ends with one clear line when the machine can't be made fit. Further tables of tools can be given. */
export const bootstrap = async (...tables) => {
	const wrong = wrongMachine() ?? notRoot();
	if (wrong) fail(wrong);
	const tools = await bringTools(running, ...(nodePtyIsBuilt() ? [] : [compiling]), ...tables);
	if (tools) fail(tools);
	const packages = await bringPackages();
	if (packages) fail(packages);
};
