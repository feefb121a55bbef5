export const help = `npm run shellpod-admin -- COMMAND

  invite NAME --email ADDRESS     a new user; Amazon Cognito mails them a temporary password
         [--again]                another mail for who has not signed in yet
  list [--json]                   users: status, sessions (running/all), open terminals, last sign-in that is known
  disable NAME [--reason TEXT]    no sign-in; open terminals close, sessions stop; nothing is deleted
  enable NAME                     takes disable back; sessions stay stopped until they start them
  sign-out NAME                   ends every sign-in; open terminals close; they can sign in again
  delete NAME [--yes]             as disable, and the user and their sessions are deleted
  limits NAME                     what the user may have
         [--sessions N] [--starts-per-hour N] [--creates-per-day N]
         [--default]              what everybody has
  starts on|off [--reason TEXT]   off: nobody can start a session; what runs goes on. Without on or off: how it stands
  help

Which ShellPod:
  --local                         the one that runs on this machine (npm start; SHELLPOD_STATE says which)
  --aws                           one on AWS, though one runs on this machine
  --deployment NAME               of several in one account and region; shellpod if not given
  --region NAME, --profile NAME   as AWS's own tools take them

Ends with 0: done; 1: nothing was changed; 2: no such command; 3: begun and not finished, the same command again goes on.
`;
