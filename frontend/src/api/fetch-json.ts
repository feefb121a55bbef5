/** One request to the control plane on the page's own origin, with every failure as a ShellPodError. */
import { errorCodes, ShellPodError } from '@shellpod/protocol/errors.ts';
import { Problem } from '@shellpod/protocol/http.ts';

export type Fetch = (path: string, init: RequestInit) => Promise<Response>;

/** ms; API Gateway itself gives up after 30 s */
const patience = 15_000;

/** `Retry-After` in seconds; the date form is not used by anything that we talk to. */
const retryAfterOf = (response: Response): { retryAfter?: number } => {
	const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
	return Number.isFinite(seconds) && seconds >= 0 ? { retryAfter: seconds } : {};
};

const codeOfStatus = (status: number) => {
	if (status === 401) return 'unauthenticated';
	if (status === 403) return 'forbidden';
	if (status === 404) return 'not_found';
	if (status === 429) return 'too_many';
	return status === 502 || status === 503 || status === 504 ? 'unavailable' : 'internal';
};

const problemOf = async (response: Response): Promise<ShellPodError> => {
	const parsed = Problem.safeParse(await response.json().catch(() => undefined));
	if (parsed.success) return new ShellPodError(parsed.data.code, parsed.data.detail, retryAfterOf(response));
	// The gateway's own answers have no problem details.
	const code = codeOfStatus(response.status);
	return new ShellPodError(code, errorCodes[code].title, retryAfterOf(response));
};

/** The body of a 2xx answer, undefined where there is none. Throws ShellPodError. */
export const fetchJson = async (fetch: Fetch, path: string, init: RequestInit): Promise<unknown> => {
	let response: Response;
	try {
		response = await fetch(path, { ...init, credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(patience) });
	} catch (cause) {
		throw new ShellPodError('unavailable', 'ShellPod can’t be reached. Your sessions go on; this page tries again.', { cause });
	}
	if (!response.ok) throw await problemOf(response);
	if (response.status === 204) return undefined;
	return response.json().catch((cause: unknown) => {
		throw new ShellPodError('internal', 'The answer is not JSON', { cause });
	});
};
