/*
 * serah: the commands of the party that hands over; main.c has the table.
 */
#ifndef CMD_SERAH_H
#define CMD_SERAH_H

#include "cli.h"

enum exit_status serah_check(struct cli *cli);
enum exit_status serah_send(struct cli *cli);
enum exit_status serah_run(struct cli *cli);
enum exit_status serah_status(struct cli *cli);

#endif
