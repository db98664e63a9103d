"""Every table, by importing every room's models: for migrations and for making an empty database. One line a room."""

# ruff: noqa: F401
import server.areas.models
import server.badges.models
import server.boards.models
import server.callouts.models
import server.cases.models
import server.duties.emergencies.models
import server.duties.hazards.models
import server.duties.information.models
import server.duties.mediations.models
import server.duties.publicity.models
import server.duties.visits.models
import server.evaluation.models
import server.exchange.models
import server.feedback.models
import server.findings.models
import server.households.models
import server.matters.models
import server.messages.models
import server.orders.models
import server.patrols.models
import server.people.models
import server.photos.models
import server.platform.anchors
import server.platform.audit
import server.platform.backup_marks
import server.platform.chain
import server.platform.exports
import server.platform.looks
import server.platform.streams
import server.platform.uploads
import server.privacy.models
import server.records.models
import server.sync.models
import server.tasks.models
import server.workforce.models
