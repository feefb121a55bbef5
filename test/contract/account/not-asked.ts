/** Of these AWS is silent, or it is ours, and no question brings them about. What is documented needs no reason. */
export const notAsked: Readonly<Record<string, string>> = {
	A18f: 'ours: it compares the stand-in with itself',
	A20b: 'an answer of @connections must be lost on its way to a function, which nobody can bring about',
	A22: 'a client must vanish without a word, which takes a network that breaks',
	A26: 'the product meets it as a stale read: C5',
	B1c: 'either is right: an account may do both',
	B4c: 'what the clocks of two environments differ is less than what the way to them takes',
	B4h: 'nobody can make a process of AWS die',
	C6: 'ours: what stands in for the table',
	D8b: 'an answer of ECS must be lost on its way here, which nobody can bring about',
	D8c: 'an answer of ECS must be lost on its way here, which nobody can bring about',
	D10c: 'a question that pulls an image that is missing costs a task of its own in a network that the account must have first',
	D10d: 'EFS must refuse a mount, which takes a file system and a role made for nothing else',
	D12: 'ours: whatever happens inside of a task',
};
