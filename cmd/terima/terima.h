/*
 * terima: the commands of the party that receives; main.c has the table.
 */
#ifndef CMD_TERIMA_H
#define CMD_TERIMA_H

#include "cli.h"

enum exit_status terima_run(struct cli *cli);
enum exit_status terima_list(struct cli *cli);
enum exit_status terima_show(struct cli *cli);
enum exit_status terima_status(struct cli *cli);

#endif
