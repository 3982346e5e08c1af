"""Pictures that a platform holds for us, so that each is sent up once."""

from sqlalchemy import Connection, select

from storage.dialect import insert_unless_there
from storage.tables import UPLOAD


def put(connection: Connection, item_id: str, position: int, platform: str, file_ref: str) -> None:
    """Keeps where a picture is."""
    values = {"item_id": item_id, "position": position, "platform": platform, "file_ref": file_ref}
    insert_unless_there(connection, UPLOAD, values)


def of_item(connection: Connection, item_id: str, platform: str) -> dict[int, str]:
    """The platform's file ids by the picture's position among the evidence."""
    query = select(UPLOAD.c.position, UPLOAD.c.file_ref).where(
        UPLOAD.c.item_id == item_id, UPLOAD.c.platform == platform
    )
    return {row.position: row.file_ref for row in connection.execute(query)}
