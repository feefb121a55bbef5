/** The pieces that hostile sequences are made of. `bait` stands wherever a text can stand, so that whatever comes back of it is known. */

/** the text that must come back nowhere; as it is, in hexadecimal (DECRQSS, XTGETTCAP) and in base64 (clipboards) */
export const bait = 'PWNED7';
export const hex = (text: string): string => Buffer.from(text).toString('hex');
export const base64 = (text: string): string => Buffer.from(text).toString('base64');
export const traces = [
	bait,
	hex(bait),
	hex(bait).toUpperCase(),
	base64(bait).slice(0, -2),
	base64(`x${bait}`).slice(2, -2),
	base64(`xx${bait}`).slice(4, -2),
];

export const esc = '\x1b';
const ends = ['\x07', `${esc}\\`];
export const times = <A, B>(as: readonly A[], bs: readonly B[], make: (a: A, b: B) => string): string[] =>
	as.flatMap((a) => bs.map((b) => make(a, b)));
export const osc = (bodies: readonly string[]): string[] => times(bodies, ends, (body, end) => `${esc}]${body}${end}`);
export const csi = (bodies: readonly string[]): string[] => bodies.map((body) => `${esc}[${body}`);
export const dcs = (bodies: readonly string[]): string[] => bodies.map((body) => `${esc}P${body}${esc}\\`);
export const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** what would be done if it were typed */
export const command = `\rtouch ${bait}\r`;
