// Written by .ci/embed-resources; run `make resources` after adding or removing a file.
#include "Resources.h"

static const unsigned char file_0[] = {
#embed "assets/app.css" suffix(, 0) if_empty(0)
};
static const unsigned char file_1[] = {
#embed "assets/app.js" suffix(, 0) if_empty(0)
};
static const unsigned char file_2[] = {
#embed "assets/docs.js" suffix(, 0) if_empty(0)
};
static const unsigned char file_3[] = {
#embed "assets/documents.js" suffix(, 0) if_empty(0)
};
static const unsigned char file_4[] = {
#embed "assets/favicon.svg" suffix(, 0) if_empty(0)
};
static const unsigned char file_5[] = {
#embed "assets/gather.js" suffix(, 0) if_empty(0)
};
static const unsigned char file_6[] = {
#embed "assets/live.js" suffix(, 0) if_empty(0)
};
static const unsigned char file_7[] = {
#embed "assets/passkey.js" suffix(, 0) if_empty(0)
};
static const unsigned char file_8[] = {
#embed "assets/proof-worker.js" suffix(, 0) if_empty(0)
};
static const unsigned char file_9[] = {
#embed "assets/proof.js" suffix(, 0) if_empty(0)
};
static const unsigned char file_10[] = {
#embed "assets/settings.js" suffix(, 0) if_empty(0)
};
static const unsigned char file_11[] = {
#embed "assets/tasks.js" suffix(, 0) if_empty(0)
};
static const unsigned char file_12[] = {
#embed "assets/theme.js" suffix(, 0) if_empty(0)
};
static const unsigned char file_13[] = {
#embed "assets/upload.js" suffix(, 0) if_empty(0)
};
static const unsigned char file_14[] = {
#embed "certificates/mozilla.pem" suffix(, 0) if_empty(0)
};
static const unsigned char file_15[] = {
#embed "compressed/app.css.caaf91d0a77b.br" suffix(, 0) if_empty(0)
};
static const unsigned char file_16[] = {
#embed "compressed/app.js.eac7c6c544f8.br" suffix(, 0) if_empty(0)
};
static const unsigned char file_17[] = {
#embed "compressed/docs.js.3dc634f230af.br" suffix(, 0) if_empty(0)
};
static const unsigned char file_18[] = {
#embed "compressed/documents.js.df9af367c3ae.br" suffix(, 0) if_empty(0)
};
static const unsigned char file_19[] = {
#embed "compressed/favicon.svg.646f3f190054.br" suffix(, 0) if_empty(0)
};
static const unsigned char file_20[] = {
#embed "compressed/gather.js.2ac343acc29c.br" suffix(, 0) if_empty(0)
};
static const unsigned char file_21[] = {
#embed "compressed/live.js.732f5cc67f85.br" suffix(, 0) if_empty(0)
};
static const unsigned char file_22[] = {
#embed "compressed/passkey.js.b4a078fb93b3.br" suffix(, 0) if_empty(0)
};
static const unsigned char file_23[] = {
#embed "compressed/proof-worker.js.5d36c045613f.br" suffix(, 0) if_empty(0)
};
static const unsigned char file_24[] = {
#embed "compressed/proof.js.7c7735131238.br" suffix(, 0) if_empty(0)
};
static const unsigned char file_25[] = {
#embed "compressed/settings.js.7784d99958c2.br" suffix(, 0) if_empty(0)
};
static const unsigned char file_26[] = {
#embed "compressed/tasks.js.7bdb9d7e8e89.br" suffix(, 0) if_empty(0)
};
static const unsigned char file_27[] = {
#embed "compressed/theme.js.39f1e4ca53a4.br" suffix(, 0) if_empty(0)
};
static const unsigned char file_28[] = {
#embed "compressed/upload.js.2e4eb6504d09.br" suffix(, 0) if_empty(0)
};
static const unsigned char file_29[] = {
#embed "passwords/common.txt" suffix(, 0) if_empty(0)
};
static const unsigned char file_30[] = {
#embed "templates/accounts/closed.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_31[] = {
#embed "templates/accounts/confirm.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_32[] = {
#embed "templates/accounts/forgot-password.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_33[] = {
#embed "templates/accounts/login.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_34[] = {
#embed "templates/accounts/logout.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_35[] = {
#embed "templates/accounts/mfa-setup.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_36[] = {
#embed "templates/accounts/mfa.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_37[] = {
#embed "templates/accounts/new-password.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_38[] = {
#embed "templates/accounts/pending.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_39[] = {
#embed "templates/accounts/recovery-codes.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_40[] = {
#embed "templates/accounts/register.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_41[] = {
#embed "templates/accounts/reset-password.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_42[] = {
#embed "templates/accounts/settings.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_43[] = {
#embed "templates/accounts/verify-email.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_44[] = {
#embed "templates/admin/audit.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_45[] = {
#embed "templates/admin/dashboard.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_46[] = {
#embed "templates/admin/outbox.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_47[] = {
#embed "templates/admin/tabs.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_48[] = {
#embed "templates/admin/users.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_49[] = {
#embed "templates/collaboration/attachments.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_50[] = {
#embed "templates/collaboration/task-card.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_51[] = {
#embed "templates/collaboration/task-conflict.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_52[] = {
#embed "templates/collaboration/task-fields.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_53[] = {
#embed "templates/collaboration/task.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_54[] = {
#embed "templates/collaboration/tasks.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_55[] = {
#embed "templates/docs/api.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_56[] = {
#embed "templates/extractions/document.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_57[] = {
#embed "templates/extractions/file.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_58[] = {
#embed "templates/extractions/job.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_59[] = {
#embed "templates/extractions/new.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_60[] = {
#embed "templates/extractions/presets.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_61[] = {
#embed "templates/extractions/search.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_62[] = {
#embed "templates/jobs/dashboard.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_63[] = {
#embed "templates/jobs/edit-fields.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_64[] = {
#embed "templates/jobs/job.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_65[] = {
#embed "templates/layout/foot.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_66[] = {
#embed "templates/layout/head.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_67[] = {
#embed "templates/layout/mark.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_68[] = {
#embed "templates/layout/stone.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_69[] = {
#embed "templates/leads/import.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_70[] = {
#embed "templates/leads/lead.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_71[] = {
#embed "templates/leads/new.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_72[] = {
#embed "templates/leads/run.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_73[] = {
#embed "templates/leads/runs.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_74[] = {
#embed "templates/leads/search.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_75[] = {
#embed "templates/leads/suppressions.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_76[] = {
#embed "templates/mail/approved.html.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_77[] = {
#embed "templates/mail/approved.txt.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_78[] = {
#embed "templates/mail/foot.html.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_79[] = {
#embed "templates/mail/head.html.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_80[] = {
#embed "templates/mail/invited.html.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_81[] = {
#embed "templates/mail/invited.txt.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_82[] = {
#embed "templates/mail/known-address.html.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_83[] = {
#embed "templates/mail/known-address.txt.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_84[] = {
#embed "templates/mail/locked.html.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_85[] = {
#embed "templates/mail/locked.txt.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_86[] = {
#embed "templates/mail/mfa-changed.html.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_87[] = {
#embed "templates/mail/mfa-changed.txt.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_88[] = {
#embed "templates/mail/new-key.html.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_89[] = {
#embed "templates/mail/new-key.txt.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_90[] = {
#embed "templates/mail/password-changed.html.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_91[] = {
#embed "templates/mail/password-changed.txt.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_92[] = {
#embed "templates/mail/rejected.html.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_93[] = {
#embed "templates/mail/rejected.txt.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_94[] = {
#embed "templates/mail/reset-password.html.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_95[] = {
#embed "templates/mail/reset-password.txt.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_96[] = {
#embed "templates/mail/retention.html.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_97[] = {
#embed "templates/mail/retention.txt.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_98[] = {
#embed "templates/mail/somebody-waits.html.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_99[] = {
#embed "templates/mail/somebody-waits.txt.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_100[] = {
#embed "templates/mail/test.html.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_101[] = {
#embed "templates/mail/test.txt.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_102[] = {
#embed "templates/mail/verify-code.html.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_103[] = {
#embed "templates/mail/verify-code.txt.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_104[] = {
#embed "templates/tracking/fields.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_105[] = {
#embed "templates/tracking/new.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_106[] = {
#embed "templates/transforms/job.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_107[] = {
#embed "templates/transforms/new.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_108[] = {
#embed "templates/transforms/options.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_109[] = {
#embed "templates/web/error.mustache" suffix(, 0) if_empty(0)
};

static const size_t count = 110;

static const quern_resource files[] = {
    {"assets/app.css", file_0, sizeof(file_0) - 1},
    {"assets/app.js", file_1, sizeof(file_1) - 1},
    {"assets/docs.js", file_2, sizeof(file_2) - 1},
    {"assets/documents.js", file_3, sizeof(file_3) - 1},
    {"assets/favicon.svg", file_4, sizeof(file_4) - 1},
    {"assets/gather.js", file_5, sizeof(file_5) - 1},
    {"assets/live.js", file_6, sizeof(file_6) - 1},
    {"assets/passkey.js", file_7, sizeof(file_7) - 1},
    {"assets/proof-worker.js", file_8, sizeof(file_8) - 1},
    {"assets/proof.js", file_9, sizeof(file_9) - 1},
    {"assets/settings.js", file_10, sizeof(file_10) - 1},
    {"assets/tasks.js", file_11, sizeof(file_11) - 1},
    {"assets/theme.js", file_12, sizeof(file_12) - 1},
    {"assets/upload.js", file_13, sizeof(file_13) - 1},
    {"certificates/mozilla.pem", file_14, sizeof(file_14) - 1},
    {"compressed/app.css.caaf91d0a77b.br", file_15, sizeof(file_15) - 1},
    {"compressed/app.js.eac7c6c544f8.br", file_16, sizeof(file_16) - 1},
    {"compressed/docs.js.3dc634f230af.br", file_17, sizeof(file_17) - 1},
    {"compressed/documents.js.df9af367c3ae.br", file_18, sizeof(file_18) - 1},
    {"compressed/favicon.svg.646f3f190054.br", file_19, sizeof(file_19) - 1},
    {"compressed/gather.js.2ac343acc29c.br", file_20, sizeof(file_20) - 1},
    {"compressed/live.js.732f5cc67f85.br", file_21, sizeof(file_21) - 1},
    {"compressed/passkey.js.b4a078fb93b3.br", file_22, sizeof(file_22) - 1},
    {"compressed/proof-worker.js.5d36c045613f.br", file_23, sizeof(file_23) - 1},
    {"compressed/proof.js.7c7735131238.br", file_24, sizeof(file_24) - 1},
    {"compressed/settings.js.7784d99958c2.br", file_25, sizeof(file_25) - 1},
    {"compressed/tasks.js.7bdb9d7e8e89.br", file_26, sizeof(file_26) - 1},
    {"compressed/theme.js.39f1e4ca53a4.br", file_27, sizeof(file_27) - 1},
    {"compressed/upload.js.2e4eb6504d09.br", file_28, sizeof(file_28) - 1},
    {"passwords/common.txt", file_29, sizeof(file_29) - 1},
    {"templates/accounts/closed.mustache", file_30, sizeof(file_30) - 1},
    {"templates/accounts/confirm.mustache", file_31, sizeof(file_31) - 1},
    {"templates/accounts/forgot-password.mustache", file_32, sizeof(file_32) - 1},
    {"templates/accounts/login.mustache", file_33, sizeof(file_33) - 1},
    {"templates/accounts/logout.mustache", file_34, sizeof(file_34) - 1},
    {"templates/accounts/mfa-setup.mustache", file_35, sizeof(file_35) - 1},
    {"templates/accounts/mfa.mustache", file_36, sizeof(file_36) - 1},
    {"templates/accounts/new-password.mustache", file_37, sizeof(file_37) - 1},
    {"templates/accounts/pending.mustache", file_38, sizeof(file_38) - 1},
    {"templates/accounts/recovery-codes.mustache", file_39, sizeof(file_39) - 1},
    {"templates/accounts/register.mustache", file_40, sizeof(file_40) - 1},
    {"templates/accounts/reset-password.mustache", file_41, sizeof(file_41) - 1},
    {"templates/accounts/settings.mustache", file_42, sizeof(file_42) - 1},
    {"templates/accounts/verify-email.mustache", file_43, sizeof(file_43) - 1},
    {"templates/admin/audit.mustache", file_44, sizeof(file_44) - 1},
    {"templates/admin/dashboard.mustache", file_45, sizeof(file_45) - 1},
    {"templates/admin/outbox.mustache", file_46, sizeof(file_46) - 1},
    {"templates/admin/tabs.mustache", file_47, sizeof(file_47) - 1},
    {"templates/admin/users.mustache", file_48, sizeof(file_48) - 1},
    {"templates/collaboration/attachments.mustache", file_49, sizeof(file_49) - 1},
    {"templates/collaboration/task-card.mustache", file_50, sizeof(file_50) - 1},
    {"templates/collaboration/task-conflict.mustache", file_51, sizeof(file_51) - 1},
    {"templates/collaboration/task-fields.mustache", file_52, sizeof(file_52) - 1},
    {"templates/collaboration/task.mustache", file_53, sizeof(file_53) - 1},
    {"templates/collaboration/tasks.mustache", file_54, sizeof(file_54) - 1},
    {"templates/docs/api.mustache", file_55, sizeof(file_55) - 1},
    {"templates/extractions/document.mustache", file_56, sizeof(file_56) - 1},
    {"templates/extractions/file.mustache", file_57, sizeof(file_57) - 1},
    {"templates/extractions/job.mustache", file_58, sizeof(file_58) - 1},
    {"templates/extractions/new.mustache", file_59, sizeof(file_59) - 1},
    {"templates/extractions/presets.mustache", file_60, sizeof(file_60) - 1},
    {"templates/extractions/search.mustache", file_61, sizeof(file_61) - 1},
    {"templates/jobs/dashboard.mustache", file_62, sizeof(file_62) - 1},
    {"templates/jobs/edit-fields.mustache", file_63, sizeof(file_63) - 1},
    {"templates/jobs/job.mustache", file_64, sizeof(file_64) - 1},
    {"templates/layout/foot.mustache", file_65, sizeof(file_65) - 1},
    {"templates/layout/head.mustache", file_66, sizeof(file_66) - 1},
    {"templates/layout/mark.mustache", file_67, sizeof(file_67) - 1},
    {"templates/layout/stone.mustache", file_68, sizeof(file_68) - 1},
    {"templates/leads/import.mustache", file_69, sizeof(file_69) - 1},
    {"templates/leads/lead.mustache", file_70, sizeof(file_70) - 1},
    {"templates/leads/new.mustache", file_71, sizeof(file_71) - 1},
    {"templates/leads/run.mustache", file_72, sizeof(file_72) - 1},
    {"templates/leads/runs.mustache", file_73, sizeof(file_73) - 1},
    {"templates/leads/search.mustache", file_74, sizeof(file_74) - 1},
    {"templates/leads/suppressions.mustache", file_75, sizeof(file_75) - 1},
    {"templates/mail/approved.html.mustache", file_76, sizeof(file_76) - 1},
    {"templates/mail/approved.txt.mustache", file_77, sizeof(file_77) - 1},
    {"templates/mail/foot.html.mustache", file_78, sizeof(file_78) - 1},
    {"templates/mail/head.html.mustache", file_79, sizeof(file_79) - 1},
    {"templates/mail/invited.html.mustache", file_80, sizeof(file_80) - 1},
    {"templates/mail/invited.txt.mustache", file_81, sizeof(file_81) - 1},
    {"templates/mail/known-address.html.mustache", file_82, sizeof(file_82) - 1},
    {"templates/mail/known-address.txt.mustache", file_83, sizeof(file_83) - 1},
    {"templates/mail/locked.html.mustache", file_84, sizeof(file_84) - 1},
    {"templates/mail/locked.txt.mustache", file_85, sizeof(file_85) - 1},
    {"templates/mail/mfa-changed.html.mustache", file_86, sizeof(file_86) - 1},
    {"templates/mail/mfa-changed.txt.mustache", file_87, sizeof(file_87) - 1},
    {"templates/mail/new-key.html.mustache", file_88, sizeof(file_88) - 1},
    {"templates/mail/new-key.txt.mustache", file_89, sizeof(file_89) - 1},
    {"templates/mail/password-changed.html.mustache", file_90, sizeof(file_90) - 1},
    {"templates/mail/password-changed.txt.mustache", file_91, sizeof(file_91) - 1},
    {"templates/mail/rejected.html.mustache", file_92, sizeof(file_92) - 1},
    {"templates/mail/rejected.txt.mustache", file_93, sizeof(file_93) - 1},
    {"templates/mail/reset-password.html.mustache", file_94, sizeof(file_94) - 1},
    {"templates/mail/reset-password.txt.mustache", file_95, sizeof(file_95) - 1},
    {"templates/mail/retention.html.mustache", file_96, sizeof(file_96) - 1},
    {"templates/mail/retention.txt.mustache", file_97, sizeof(file_97) - 1},
    {"templates/mail/somebody-waits.html.mustache", file_98, sizeof(file_98) - 1},
    {"templates/mail/somebody-waits.txt.mustache", file_99, sizeof(file_99) - 1},
    {"templates/mail/test.html.mustache", file_100, sizeof(file_100) - 1},
    {"templates/mail/test.txt.mustache", file_101, sizeof(file_101) - 1},
    {"templates/mail/verify-code.html.mustache", file_102, sizeof(file_102) - 1},
    {"templates/mail/verify-code.txt.mustache", file_103, sizeof(file_103) - 1},
    {"templates/tracking/fields.mustache", file_104, sizeof(file_104) - 1},
    {"templates/tracking/new.mustache", file_105, sizeof(file_105) - 1},
    {"templates/transforms/job.mustache", file_106, sizeof(file_106) - 1},
    {"templates/transforms/new.mustache", file_107, sizeof(file_107) - 1},
    {"templates/transforms/options.mustache", file_108, sizeof(file_108) - 1},
    {"templates/web/error.mustache", file_109, sizeof(file_109) - 1},
};

size_t quern_resource_count(void) { return count; }

const quern_resource *quern_resource_at(size_t index) { return index < count ? &files[index] : NULL; }
