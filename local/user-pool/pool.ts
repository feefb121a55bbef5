/**
 * One user pool as a machine: who is signed in, which codes and tokens are good. Time, randomness and signing come in; answers go out.
 * Behaviour is Cognito's as documented, https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints.html,
 * but for the sign-in itself: whoever gives a name is that user.
 */

import { type Admin, createAdmin } from './admin.ts';
import type { Kept, User } from './kept.ts';
import type { ClientSettings } from './resources.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import { createTokens, type Tokens } from './tokens.ts';

export interface PoolPorts {
	/** ms since 1970 */
	now(): number;
	/** 256 bits nobody can guess, base64url */
	secret(): string;
	/** a UUID */
	uuid(): string;
	/** a JWT of these claims */
	sign(claims: Record<string, unknown>): string;
	/** writes what is kept */
	save(): void;
}

/** What a code stands for, until it is used or 5 min have gone. */
export interface Grant {
	clientId: string;
	redirectUri: string;
	scopes: string[];
	user: User;
	authTime: number;
	expires: number;
	nonce?: string;
	challenge?: string;
}

/** What the parts of the machine share. */
export interface PoolState {
	issuer: string;
	clients: Map<string, ClientSettings>;
	/** by hash of the code; not kept over a restart */
	grants: Map<string, Grant>;
	kept: Kept;
}

export type Pool = SignIn & Tokens & Admin & { addClient(settings: ClientSettings): void };

export const createPool = (issuer: string, kept: Kept, ports: PoolPorts): Pool => {
	const state: PoolState = { issuer, clients: new Map(), grants: new Map(), kept };
	return {
		...createSignIn(state, ports),
		...createTokens(state, ports),
		...createAdmin(state, ports),
		addClient: (settings) => void state.clients.set(settings.id, settings),
	};
};
