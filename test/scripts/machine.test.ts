import { describe, expect, it } from 'vitest';
import { notRoot, wrongMachine } from '../../scripts/lib/machine.mjs';

const debian = { platform: 'linux', arch: 'x64', release: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n', node: '20.19.0' };

describe('the machine', () => {
	it.each([[{}], [{ node: '24.1.0' }], [{ release: 'ID=ubuntu\nID_LIKE=debian\n' }], [{ release: 'ID="linuxmint"\nID_LIKE="ubuntu debian"\n' }]])(
		'is fit: %j',
		(changes) => {
			expect(wrongMachine({ ...debian, ...changes })).toBeUndefined();
		},
	);

	it.each([
		[{ platform: 'darwin' }, 'this is darwin x64'],
		[{ arch: 'arm64' }, 'this is linux arm64'],
		[{ release: 'PRETTY_NAME="Fedora Linux 44"\nID=fedora\n' }, 'this is Fedora Linux 44'],
		[{ release: '' }, 'this is an unknown Linux'],
		[{ node: '20.18.3' }, 'need Node 20.19 or newer'],
		[{ node: '18.20.0' }, 'this is Node 18.20.0'],
	])('is not, and one line says why: %j', (changes, line) => {
		expect(wrongMachine({ ...debian, ...changes })).toMatch(new RegExp(`^ShellPod[^\\n]*${line}[^\\n]*$`));
	});

	it('must let us be root, or one line says how', () => {
		expect(notRoot(0)).toBeUndefined();
		expect(notRoot(1000)).toMatch(/^[^\n]*sudo [^\n]*npm start[^\n]*$/);
	});
});
