// Words to the person at the terminal. Progress goes to stderr: stdout belongs to what was asked for.

/** One line about what goes on. */
export const say = (line) => process.stderr.write(`${line}\n`);

/** One line about what is wrong, then the end. */
export const fail = (line) => {
	process.stderr.write(`${line}\n`);
	process.exit(1);
};
