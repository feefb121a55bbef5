import { describe, expect, it } from 'vitest';
import { addressRewriter, mapStrings } from '../../../local/assembly/addresses.ts';
import { noValue, referencesOf, resolve, type Scope } from '../../../local/assembly/intrinsics.ts';
import { creationOrder } from '../../../local/assembly/order.ts';

const scope: Scope = {
	ref: (id) => (id === 'AWS::NoValue' ? noValue : id === 'AWS::Region' ? 'us-east-1' : `ref-${id}`),
	attribute: (id, name) => `${id}:${name}`,
	condition: (name) => name === 'Yes',
	importValue: (name) => `imported-${name}`,
	mapping: (...names) => names.join('/'),
	zones: () => ['a', 'b'],
};

describe('intrinsics', () => {
	const cases: [string, unknown, unknown][] = [
		['Ref', { Ref: 'Table' }, 'ref-Table'],
		['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'Table:Arn'],
		['Fn::GetAtt as text, with a dot in the attribute', { 'Fn::GetAtt': 'Function.Metadata.Arn' }, 'Function:Metadata.Arn'],
		['Fn::Join with references', { 'Fn::Join': ['-', ['a', { Ref: 'B' }, { 'Fn::GetAtt': ['C', 'D'] }]] }, 'a-ref-B-C:D'],
		['Fn::Sub', { 'Fn::Sub': `${'$'}{A}/${'$'}{B.C}/${'$'}{!Literal}` }, `ref-A/B:C/${'$'}{Literal}`],
		['Fn::Sub with variables', { 'Fn::Sub': [`${'$'}{X}-${'$'}{A}`, { X: { Ref: 'Y' } }] }, 'ref-Y-ref-A'],
		['Fn::Select of Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': ['|', 'a|b'] }] }, 'b'],
		['Fn::Select of Fn::GetAZs', { 'Fn::Select': [1, { 'Fn::GetAZs': '' }] }, 'b'],
		['Fn::ImportValue', { 'Fn::ImportValue': 'Data:Name' }, 'imported-Data:Name'],
		['Fn::FindInMap', { 'Fn::FindInMap': ['M', 'one', 'two'] }, 'M/one/two'],
		['Fn::Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
		['Fn::If', [{ 'Fn::If': ['Yes', 1, 2] }, { 'Fn::If': ['No', 1, 2] }], [1, 2]],
		['conditions', { 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'A' }, 'b'] }] }] }, true],
		['AWS::NoValue in a list and as a property', { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
		['a policy whose key is Condition', { Condition: { Bool: { x: 'true' } } }, { Condition: { Bool: { x: 'true' } } }],
	];
	it.each(cases)('%s', (_, value, expected) => {
		expect(resolve(value, scope)).toEqual(expected);
	});

	it('refuses an unknown one by name', () => {
		expect(() => resolve({ a: [{ 'Fn::Cidr': ['10.0.0.0/16', 1] }] }, scope)).toThrow('Fn::Cidr is not known');
	});

	it('finds what a value refers to', () => {
		const value = { a: { 'Fn::Sub': [`${'$'}{X}${'$'}{A.B}${'$'}{!No}`, { X: { Ref: 'Y' } }] }, b: [{ 'Fn::GetAtt': ['C', 'D'] }] };
		expect(referencesOf(value).sort()).toEqual(['A', 'C', 'X', 'Y']);
	});
});

describe('the order of resources', () => {
	it('is after references and DependsOn', () => {
		const order = creationOrder({
			Last: { Type: 'T', DependsOn: ['Middle'] },
			Middle: { Type: 'T', Properties: { a: { Ref: 'First' }, b: { Ref: 'AWS::Region' } } },
			First: { Type: 'T' },
		});
		expect(order).toEqual(['First', 'Middle', 'Last']);
	});

	it('names a circle', () => {
		expect(() => creationOrder({ A: { Type: 'T', DependsOn: 'B' }, B: { Type: 'T', Properties: { x: { Ref: 'A' } } } })).toThrow('A -> B -> A');
	});
});

describe('addresses', () => {
	const rewrite = addressRewriter({ endpoints: 'http://127.0.0.1:20001', page: 'http://localhost:8080', region: 'us-east-1' });
	const cases: [string, string][] = [
		['https://abc123.execute-api.us-east-1.amazonaws.com/ws', 'http://127.0.0.1:20001/execute-api/abc123/ws'],
		['wss://abc123.execute-api.us-east-1.amazonaws.com/ws', 'ws://127.0.0.1:20001/execute-api/abc123/ws'],
		['https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab', 'http://127.0.0.1:20001/cognito-idp/us-east-1_Ab'],
		['https://shellpod-0-ab.auth.us-east-1.amazoncognito.com', 'http://localhost:8080/_sign-in/shellpod-0-ab'],
		['https://d12ab.cloudfront.net/api/auth/callback', 'http://localhost:8080/api/auth/callback'],
		['abc123.execute-api.us-east-1.amazonaws.com', 'abc123.execute-api.us-east-1.amazonaws.com'],
		['arn:aws:execute-api:us-east-1:000000000000:abc/*/POST/agent/tickets', 'arn:aws:execute-api:us-east-1:000000000000:abc/*/POST/agent/tickets'],
		['https://example.com/', 'https://example.com/'],
	];
	it.each(cases)('%s', (text, expected) => {
		expect(mapStrings({ a: [text] }, rewrite)).toEqual({ a: [expected] });
	});
});
