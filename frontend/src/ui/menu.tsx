import { DropdownMenu } from '@kobalte/core/dropdown-menu';
import { For, type JSX, Show } from 'solid-js';
import { buttonClass } from './button.tsx';
import css from './menu.module.css';

export interface MenuItem {
	label: string;
	danger?: boolean;
	onSelect: () => void;
}

/** A button that opens a list of actions. Groups are divided by a line. The page behind stays what it is, for screen readers too. */
export const Menu = (props: {
	label: string;
	icon: JSX.Element;
	note?: string | undefined;
	groups: readonly (readonly MenuItem[])[];
	/** on a page that is dark in light mode too */
	dark?: boolean;
	/** the button */
	ref?: (button: HTMLElement) => void;
}) => (
	<DropdownMenu placement="bottom-end" gutter={6} modal={false}>
		<DropdownMenu.Trigger
			ref={(button: HTMLElement) => props.ref?.(button)}
			class={buttonClass('quiet', true)}
			aria-label={props.label}
			title={props.label}
		>
			{props.icon}
		</DropdownMenu.Trigger>
		<DropdownMenu.Portal>
			<DropdownMenu.Content class={css.menu} classList={{ [css.dark ?? '']: props.dark ?? false }}>
				<Show when={props.note}>
					<p class={css.note}>{props.note}</p>
				</Show>
				<For each={props.groups.filter((group) => group.length > 0)}>
					{(group, index) => (
						<>
							<Show when={index() > 0 || props.note}>
								<DropdownMenu.Separator class={css.rule} />
							</Show>
							<For each={group}>
								{(item) => (
									<DropdownMenu.Item class={`${css.item} ${item.danger ? css.danger : ''}`} onSelect={() => item.onSelect()}>
										{item.label}
									</DropdownMenu.Item>
								)}
							</For>
						</>
					)}
				</For>
			</DropdownMenu.Content>
		</DropdownMenu.Portal>
	</DropdownMenu>
);
