#!/bin/sh
# Goal of this test: whatever call fails while serah and terima hand over,
# no harm is done; faults.sh says which calls, how, and what is asked for.

# shellcheck source=tests/flow/faults.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/flow/faults.sh"
faults_in send receive collect
