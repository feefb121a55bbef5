/** The two cookies of signing in. Both are for `/api/auth` only and for no script. */

export interface Cookie {
	name: string;
	/** Strict where only our own pages send it; Lax for what must come along on the way back from the identity provider. */
	sameSite: 'Strict' | 'Lax';
	/** seconds */
	maxAge: number;
}

/** as long as the identity provider's refresh tokens live at most */
export const refreshCookie: Cookie = { name: '__Secure-shellpod-refresh', sameSite: 'Strict', maxAge: 30 * 86_400 };
/** as long as somebody may take to sign in */
export const pendingCookie: Cookie = { name: '__Secure-shellpod-sign-in', sameSite: 'Lax', maxAge: 15 * 60 };

const attributes = ({ sameSite }: Cookie): string => `Path=/api/auth; Secure; HttpOnly; SameSite=${sameSite}`;

export const setCookie = (cookie: Cookie, value: string): string => `${cookie.name}=${value}; Max-Age=${cookie.maxAge}; ${attributes(cookie)}`;
export const clearCookie = (cookie: Cookie): string => `${cookie.name}=; Max-Age=0; ${attributes(cookie)}`;

/** Of two values neither is believed: another page of this site may have set one of them, and the browser doesn't say which. */
export const readCookie = (request: Request, { name }: Cookie): string | undefined => {
	const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim());
	const values = new Set(pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1)));
	const [value] = values;
	return values.size === 1 && value !== '' ? value : undefined;
};
