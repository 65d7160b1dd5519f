#!/usr/bin/env bash
# What action.yml runs: one command of tfhoist, with its inputs from the environment. TFHOIST names another program in tests.
set -uo pipefail

tfhoist=${TFHOIST:-"$RUNNER_TEMP/tfhoist/bin/tfhoist"}
case $TFHOIST_COMMAND in
audit | placement | prove) call=("$TFHOIST_COMMAND" "$TFHOIST_DIRECTORY") ;;
contract) call=(contract) ;;
*)
    echo "::error::tfhoist: there is no command '${TFHOIST_COMMAND//[^a-z]/}' for this action: audit, placement, contract or prove"
    exit 1
    ;;
esac
while IFS= read -r argument; do
    [[ -n $argument ]] && call+=("$argument")
done <<<"${TFHOIST_ARGUMENTS:-}"

if [[ $TFHOIST_COMMAND == audit && -n ${TFHOIST_SARIF:-} ]]; then
    "$tfhoist" "${call[@]}" --format sarif >"$TFHOIST_SARIF"
fi
"$tfhoist" "${call[@]}"
code=$?
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
exit "$code"
