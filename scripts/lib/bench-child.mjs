// Runs one bench and hands its rows to the process that started it. Node 24.
import { pathToFileURL } from 'node:url';

// Who asked is gone.
process.once('disconnect', () => process.exit(1));

const { run } = await import(pathToFileURL(process.argv[2]).href);
const measured = await run(JSON.parse(process.argv[3]));
const { rows, figures } = Array.isArray(measured) ? { rows: measured, figures: {} } : measured;
process.send({ rows, figures }, () => process.exit(0));
