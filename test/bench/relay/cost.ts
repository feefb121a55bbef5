/** What an hour costs. */
import { prices } from '@shellpod/protocol/prices.ts';

/** GB-seconds of one relayed message: 256 MB for 20 ms, most of it waiting for the gateway to take the post. */
const relayed = 0.256 * 0.02;
/** the page's and the agent's */
const connections = 2;

/** requests a second of an account in one region. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const accountRate = 10_000;

export interface Traffic {
	/** messages of both ends that came in, each an invocation */
	in: number;
	/** and those that went out, each a post to a connection */
	out: number;
	/** of 32 KB, in and out */
	units: number;
	/** of all of them */
	bytes: number;
}

/** @param minutes in which there was so much traffic */
export const costPerHour = (traffic: Traffic, minutes: number): number => {
	const invocation = prices.invocation + relayed * prices.gigabyteSecond;
	return ((traffic.units * prices.messageUnit + traffic.in * invocation) / minutes + connections * prices.connectionMinute) * 60;
};

/** how many such terminals the account's requests carry */
export const terminalsPerAccount = (traffic: Traffic, minutes: number): number =>
	Math.floor(accountRate / ((traffic.in + traffic.out) / (minutes * 60)));
