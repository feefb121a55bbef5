/** All questions, in the order of the checklist. */
import type { Question } from '../question.ts';
import { connect } from './connect.ts';
import { connections } from './connections.ts';
import { dynamodb } from './dynamodb.ts';
import { lambda } from './lambda.ts';
import { incoming } from './messages.ts';
import { requests, throttled } from './requests.ts';
import { tasks } from './tasks.ts';

export const all: readonly Question[] = [...connect, ...incoming, ...connections, ...lambda, ...dynamodb, ...requests, ...tasks, ...throttled];
