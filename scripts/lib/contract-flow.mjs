// The contract, asked of an account: nothing is made without a yes, and what was made is destroyed, however the rest ends.

/**
 * `steps`: `plan()` prints; `agree()` gives whether it may go on; `prepare()` looks at the machine and the account, and throws when something is missing;
 * `deploy()`, `ask()` and `destroy()` give an exit code. Gives the exit code of the whole.
 */
export const contractOnAccount = async ({ plan, agree, prepare, deploy, ask, destroy, say }) => {
	await plan();
	if (!(await agree())) {
		say('Nothing was made.');
		return 2;
	}
	await prepare();
	let code = 1;
	try {
		code = await deploy();
		// half a stack can't be asked, but must go
		if (code === 0) code = await ask();
	} finally {
		const removed = await destroy();
		if (removed !== 0) {
			say('The stack shellpod-contract is still there: `npx cdk destroy` failed. Remove it in the console of CloudFormation, or run this again.');
			code ||= 1;
		}
	}
	return code;
};
