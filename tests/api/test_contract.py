"""The contract that others build on: every field of every shape, as it stands in the OpenAPI document."""

from __future__ import annotations

from typing import Any

import pytest

from api.shapes import FeedbackIn, PartIn
from engine.intake import FIELDS, PART_FIELDS
from engine.reading import ReadingStatus
from tests.support.service import House

SHAPES = {
    "FeedbackIn": "id* source text parts scores attributes channel customer employee unit occurred_at",
    "PartIn": "text* question speaker start end confidence",
    "SentenceOut": "part* start* end* labels* confidence*",
    "ReadingOut": "id* status* language* model* labels* unsure* confidence* sentences*",
    "ReadingsOut": "readings*",
    "AlertBrief": "id* rule* severity* kind* reasons*",
    "HeldBackOut": "rule* reason* alert",
    "DecisionOut": "source* id* revision* sequence* decided_at* ruleset* model* taxonomy* reading* alerts* held_back*",
    "DecisionsOut": "decisions*",
    "StoredOut": "feedback* received_at* occurred_at* decision*",
    "AlertOut": "id* rule* severity* kind* reasons* rule_version* title* state* source* feedback_id* sequence* "
    "opened_at* unit* customer* receiver* key* started_at* ended_at* employee* evidence* confidence* priority* route* "
    "version* holder* team* in_attainment* follow_up_due* close_due* followed_up_at* resolved_at* closed_at* "
    "root_cause* remedy* judged* problem*",
    "AlertsOut": "alerts* cursor*",
    "AlertDetailOut": "id* rule* severity* kind* reasons* rule_version* title* state* source* feedback_id* sequence* "
    "opened_at* unit* customer* receiver* key* started_at* ended_at* employee* evidence* confidence* priority* route* "
    "version* holder* team* in_attainment* follow_up_due* close_due* followed_up_at* resolved_at* closed_at* "
    "root_cause* remedy* judged* problem* verdict* events* feedback* "
    "attempts* earlier* notifications* clocks*",
    "EvidenceSpanOut": "part* start* end* shows*",
    "AttemptOut": "at* who* channel* outcome* remedy* root_cause* note*",
    "ClockOut": "due* met_at* in_time* overdue* left_s*",
    "ClocksOut": "follow_up* close*",
    "EarlierAlertOut": "id* rule* title* severity* kind* state* opened_at* judged*",
    "EarlierOut": "count* alerts*",
    "ChangedOut": "alerts*",
    "RefusalOut": "alert* type* status* detail*",
    "FeedbackKeyIn": "source id*",
    "SeenIn": "id* version",
    "ChangeIn": "action* note to channel outcome remedy root_cause feedback verdict labels person version",
    "ChangesIn": "action* note to channel outcome remedy root_cause feedback verdict labels person alerts*",
    "AttemptIn": "channel* outcome* remedy root_cause note version person",
    "LinkedOut": "source* id* revision* sequence* occurred_at*",
    "VerdictIn": "verdict* labels note",
    "VerdictOut": "verdict* labels* note* who* at*",
    "EventOut": "at* kind* who* why* data*",
    "NotificationOut": "id* alert* kind* recipient* receiver* state* held_reason* held_by* carried_by* created_at* "
    "due_at* attempts*",
    "NotificationsOut": "notifications* cursor*",
    "NotificationDetailOut": "id* alert* kind* recipient* receiver* state* held_reason* held_by* carried_by* "
    "created_at* due_at* attempts* message*",
    "ReceiverStateOut": "name* state* reason* since* failures* failing_since* last_sent_at*",
    "ReceiverStatesOut": "receivers*",
    "ReceiverOut": "name* kind* sees* takes_address* to_customer* fallback* template* budget* zone*",
    "ReceiversOut": "receivers*",
    "ReceiverTestIn": "address",
    "ReceiverTestOut": "receiver* delivered* said* permanent* took_s*",
    "StartedOut": "name* due*",
    "DeliveryAttemptOut": "number* at* outcome* detail*",
    "ExplanationOut": "source* id* revision* sequence* decided_at* ruleset* reading* rules*",
    "RuleExplanationOut": "rule* title* status* truth* outcome* trace* alerts* signals* held_back* notifications*",
    "TraceOut": "condition* truth* found wanted evidence children",
    "EvidenceOut": "sentence* part* start* end*",
    "FindingOut": "line* column* message* level*",
    "RuleVersionOut": "slug* version* title* status* author* managed* file* retired* who* why* at*",
    "RuleTextOut": "slug* version* title* status* author* managed* file* retired* who* why* at* text*",
    "RuleVersionsOut": "versions* cursor*",
    "RuleOut": "slug* version* title* status* author* managed* file* retired* who* why* at* problems*",
    "RulesOut": "rules* cursor*",
    "RuleDetailOut": "slug* version* title* status* author* managed* file* retired* who* why* at* problems* text* "
    "summary*",
    "RuleSummaryOut": "severity* send_to* if_unsure* must_not_lose* fires* stays_quiet*",
    "RouteOut": "name* when* said* to* group* continue* routes*",
    "RouteTryIn": "feedback alert",
    "TriedOut": "rule* severity* kind* held_back* subject* route* why* holder* team* steps* destinations*",
    "DestinationOut": "recipient* receiver* group* now* reason* by* until*",
    "RuleIn": "text* why",
    "RestoreIn": "version* why",
    "ValidationOut": "slug* title* status* author* findings*",
    "SaidOut": "slug* said*",
    "CheckOut": "slug* examples* model* model_problem* findings* mutants*",
    "MutantsOut": "tried* caught* alive* untried*",
    "BacktestOut": "since* until* days* feedback* call_backs_a_month* rules*",
    "RuleBacktestOut": "rule* status* alerts* reviews* held_back* alerts_a_day* share* level* precision* top*",
    "PrecisionOut": "right* judged* value* low* high*",
    "RulePrecisionOut": "rule* precision*",
    "RaisedOut": "id* rule* severity* kind* reasons* rule_version* title* state* source* feedback_id* sequence* "
    "opened_at* unit* customer* receiver* key* started_at* ended_at* employee* evidence* confidence* priority* route* "
    "version* holder* team* in_attainment* follow_up_due* close_due* followed_up_at* resolved_at* closed_at* "
    "root_cause* remedy* judged* problem* text*",
    "DiffOut": "since* until* feedback* rule* change* must_not_lose* gained* lost* gained_alerts* lost_alerts*",
    "SilenceIn": "matching* reason* ends* starts",
    "SilenceOut": "id* matching* said* state* author* reason* created_at* starts_at* ends_at* ended_by* noticed_at*",
    "SilencesOut": "silences* cursor*",
    "InhibitionShape": "matching* link",
    "ProblemIn": "title* cause topic unit holder due inhibits alerts",
    "ProblemChangeIn": "change* version* why alerts title cause topic holder due inhibits",
    "ProblemRecordOut": "id* title* cause* topic* unit* state* holder* due_at* created_at* created_by* inhibits* "
    "solved_at* version*",
    "ProblemRecordsOut": "problems* cursor*",
    "ProblemRecordDetailOut": "id* title* cause* topic* unit* state* holder* due_at* created_at* created_by* inhibits* "
    "solved_at* version* events* linked* alerts* rate*",
    "ProblemEventOut": "at* kind* who* why* data*",
    "RateOut": "since* until* days* count* of* a_day* share* low* high*",
    "RateChangeOut": "topic* unit* before* after* p* trend* said*",
    "BehindAlertOut": "id* state*",
    "CustomerOut": "customer* source* feedback_id* occurred_at* unit* channel* scores* feedback* alerts* more_alerts* "
    "holders*",
    "CustomersOut": "problem* customers*",
    "SuggestionOut": "by* name* unit* week* before* expected* p* finding* said* open* alerts*",
    "SuggestionsOut": "suggestions*",
    "ProblemOut": "type* title* status* detail* field position errors refused",
