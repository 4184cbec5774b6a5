/*
 * saksi: the commands of the witness, one function each; main.c has the table.
 */
#ifndef CMD_SAKSI_H
#define CMD_SAKSI_H

#include "cli.h"

enum exit_status saksi_init(struct cli *cli);
enum exit_status saksi_card(struct cli *cli);
enum exit_status saksi_trust(struct cli *cli);
enum exit_status saksi_party_list(struct cli *cli);
enum exit_status saksi_party_show(struct cli *cli);
enum exit_status saksi_agreement_check(struct cli *cli);
enum exit_status saksi_agreement_sign(struct cli *cli);
enum exit_status saksi_agreement_import(struct cli *cli);
enum exit_status saksi_agreement_list(struct cli *cli);
enum exit_status saksi_agreement_show(struct cli *cli);
enum exit_status saksi_agreement_diff(struct cli *cli);
enum exit_status saksi_agreement_sample(struct cli *cli);
enum exit_status saksi_journal_verify(struct cli *cli);
enum exit_status saksi_journal_show(struct cli *cli);
enum exit_status saksi_journal_index(struct cli *cli);
enum exit_status saksi_doctor(struct cli *cli);
enum exit_status saksi_record(struct cli *cli);

#endif
