/** What things are called in every simulated world. */

export const region = 'us-east-1';
export const account = '000000000000';
export const deployment = 'shellpod';
export const pageOrigin = 'https://page.example';
/** of the WebSocket API, stage included */
export const endpoint = 'https://abc.execute-api.us-east-1.amazonaws.com/ws';
export const fileSystem = 'fs-0123456789abcdef0';
/** ms that an agent may take to begin, and again to connect */
export const agentMs = 90_000;
/** what the operator allows */
export const idle = { unattendedMs: 168 * 3_600_000 };
/** of each deploy others */
export const networkOf = (deploy: number) => ({ subnets: [`subnet-${deploy}-1`, `subnet-${deploy}-2`], securityGroup: 'sg-1' });
export const cluster = `arn:aws:ecs:${region}:${account}:cluster/${deployment}`;
/** s; as in the template */
export const stopTimeout = 120;
/** of a session by itself, in half an hour */
export const restarts = 2;
