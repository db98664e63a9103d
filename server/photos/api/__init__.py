"""JSON doors of the photos room: uploads (tus 1.0.0), what is missing, and the pictures."""

from server.photos.api.pictures import blueprint as pictures
from server.photos.api.uploads import blueprint as uploads

blueprints = (uploads, pictures)
