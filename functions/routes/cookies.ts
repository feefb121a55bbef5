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

export const readCookie = (request: Request, { name }: Cookie): string | undefined => {
	const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim());
	const value = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
	return value === '' ? undefined : value;
};
