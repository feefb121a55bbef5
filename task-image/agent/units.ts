/**
 * Counts what the gateway charges for on a session's relay, from what its agent sends and receives (rule C4 of functions/core/SPEC.md): the relay itself keeps
 * no state, and would pay for counting more than it counts.
 */
import { messageUnitBytes } from '@shellpod/protocol/prices.ts';
import type { Dial } from './socket.ts';

/** Bytes of UTF-8 are at most three for each unit of UTF-16, so nearly nothing has to be looked through. */
const unitsOf = (text: string): number => (text.length * 3 <= messageUnitBytes ? 1 : Math.ceil(Buffer.byteLength(text) / messageUnitBytes));

/** A frame to a viewer goes in here and out there; anything else ends at the gateway, or at the control plane, whose answer is received. */
const ofSent = (text: string): number => unitsOf(text) * (text[0] === 't' ? 2 : 1);

/** A page's hello, of which an agent is told, came in too, and was answered. */
const ofReceived = (text: string): number => unitsOf(text) * (text[0] === 'f' ? 2 : text.startsWith('c{"type":"peer"') ? 3 : 1);

export const createUnits = (dial: Dial): { dial: Dial; read(): number } => {
	let units = 0;
	return {
		dial: (url, protocols, events) => {
			const socket = dial(url, protocols, {
				...events,
				text: (text) => {
					units += ofReceived(text);
					events.text(text);
				},
			});
			return {
				send: (text) => {
					units += ofSent(text);
					socket.send(text);
				},
				get waiting() {
					return socket.waiting;
				},
				close: (code) => socket.close(code),
				destroy: () => socket.destroy(),
			};
		},
		/** since the agent began */
		read: () => units,
	};
};
