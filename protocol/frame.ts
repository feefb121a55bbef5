/**
 * The envelope of what one end sends to the other through the relay.
 *
 *   end -> relay   `t<tag> <payload>`           the tag says to which connection, and that the control plane allows it
 *   relay -> end   `f<sender>,<generation> <payload>`  sender and generation come from the gateway's context, never from the sender
 *
 * The payload is records of `record.ts`; the relay does not look into it.
 */
import { type ControlMessage, decodeControl, pong } from './control.ts';
import { patterns, type SenderId, senderId } from './ids.ts';

export const encodeToRelay = (tag: string, payload: string): string => `t${tag} ${payload}`;

export const decodeToRelay = (text: string): { tag: string; payload: string } | undefined => {
	if (text[0] !== 't') return undefined;
	const space = text.indexOf(' ');
	return space < 2 ? undefined : { tag: text.slice(1, space), payload: text.slice(space + 1) };
};

export const encodeFromRelay = (sender: string, generation: number, payload: string): string => `f${sender},${generation} ${payload}`;

/** Everything that can arrive on an end's WebSocket. `noise` is what the gateway says when an invocation failed, or what nobody knows. */
export type Arrival =
	| { kind: 'frame'; sender: SenderId; generation: number; payload: string }
	| { kind: 'control'; message: ControlMessage }
	| { kind: 'pong' }
	| { kind: 'noise'; text: string };

export const decodeArrival = (text: string): Arrival => {
	if (text === pong) return { kind: 'pong' };
	if (text[0] === 'c') {
		const message = decodeControl(text);
		if (message) return { kind: 'control', message };
	}
	if (text[0] === 'f') {
		const comma = text.indexOf(',');
		const space = text.indexOf(' ');
		const sender = text.slice(1, comma);
		const generation = Number(text.slice(comma + 1, space));
		if (comma > 0 && space > comma && patterns.sender.test(sender) && Number.isSafeInteger(generation) && generation > 0)
			return { kind: 'frame', sender: senderId(sender), generation, payload: text.slice(space + 1) };
	}
	return { kind: 'noise', text: text.slice(0, 200) };
};
