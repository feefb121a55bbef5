import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDockerfile } from '../../../local/sandbox/dockerfile.ts';

describe('a Dockerfile', () => {
	it("is read to its last stage's instructions, through the stages that it is made from", () => {
		const recipe = readDockerfile(`
# syntax=docker/dockerfile:1
ARG TAG=24
FROM node:24 AS base
ENV LANG=C.UTF-8 NAME="two words" \\
    # a comment in between
    OTHER='$NAME'
WORKDIR /build
FROM base AS build
RUN <<EOF
COPY nothing here
EOF
ADD https://example.com/ignored /
FROM base
ARG VERSION=2
COPY --link --chmod=0755 --chown=root:root a "b c" bin/
COPY --from=build ["/build/node_modules", "/opt/node_modules"]
WORKDIR sub
ENV PATH=/opt/\${VERSION}:$PATH OLD=\${MISSING:-default}
USER 1000
ENTRYPOINT ["/entry", "point"]
CMD run --it
`);
		expect(recipe).toEqual({
			base: 'node:24',
			copies: [
				{ sources: ['a', 'b c'], target: '/build/bin/', mode: 0o755 },
				{ from: 'build', sources: ['/build/node_modules'], target: '/opt/node_modules' },
			],
			environment: {
				PATH: '/opt/2:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
				LANG: 'C.UTF-8',
				NAME: 'two words',
				OTHER: '$NAME',
				OLD: 'default',
			},
			user: '1000',
			workdir: '/build/sub',
			entrypoint: ['/entry', 'point'],
			command: ['/bin/sh', '-c', 'run --it'],
		});
	});

	it('builds the stage that it is asked for', () => {
		const text = 'FROM a AS first\nCMD ["one"]\nFROM first AS second\nCMD ["two"]\n';
		expect(readDockerfile(text, 'first').command).toEqual(['one']);
		expect(() => readDockerfile(text, 'third')).toThrow("no stage 'third'");
	});

	it.each([
		['ADD a /b', 'ADD'],
		['HEALTHCHECK NONE', 'HEALTHCHECK'],
		['VOLUME /data', 'VOLUME'],
		['COPY --chown=dev a /b', '--chown=dev'],
		['COPY --parents a /b', '--parents'],
		['COPY *.txt /b', 'wildcard'],
		['COPY <<EOF /b\nx\nEOF', 'heredoc'],
		['STOPSIGNAL SIGINT', 'STOPSIGNAL SIGINT'],
	])('with %s is refused by name', (line, said) => {
		expect(() => readDockerfile(`FROM scratch\n${line}\n`)).toThrow(said);
	});

	it('of the tasks is covered', () => {
		const recipe = readDockerfile(readFileSync(join(import.meta.dirname, '../../../task-image/Dockerfile'), 'utf8'));
		expect(recipe.entrypoint).not.toEqual([]);
		expect(recipe.copies.filter((copy) => copy.from).map((copy) => copy.target)).toEqual(['/opt/shellpod/node_modules']);
	});
});
